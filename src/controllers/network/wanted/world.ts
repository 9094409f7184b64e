import { glob } from "../../../config/expressions/functions.ts";
import { documentsOf, type MachineConfig } from "../../../config/index.ts";
import { parseKernelArguments } from "../../../platform/kernel-arguments.ts";
import { type LinkArgument, type NetworkArguments, networkArguments } from "../../../platform/network-arguments.ts";
import type { LinkStatus } from "../../../resources/network/link-status.ts";
import { argumentLinks } from "./argument-devices.ts";
import type { Device } from "./device.ts";
import { documentDevices } from "./document-devices.ts";
import { type LinkNames, v1alpha1Devices } from "./v1alpha1-devices.ts";

/** What tells links apart, and does not change with every packet. */
export type LinkIdentity = Pick<
  LinkStatus,
  | ("index" | "type" | "kind" | "alias" | "altNames" | "hardwareAddr" | "permanentAddr")
  | ("pciID" | "driver" | "busPath")
>;

/** Links by their names. */
export type Links = ReadonlyMap<string, LinkIdentity>;

/** All that decides what the network should be, but for operators. */
export interface World {
  readonly links: Links;
  readonly devices: readonly Device[];
  /** Of the kernel's command line, with names of the kernel; links that the configuration ignores are left out. */
  readonly arguments: readonly NamedLinkArgument[];
  /** Links that the command line makes, and those that its `ip=` brings up. */
  readonly argumentDevices: readonly Device[];
  /** Addresses that the control plane shares, said in documents of their own. */
  readonly shared: readonly { readonly link: string; readonly address: string }[];
  /** Links of hardware that nobody mentions: they are brought up, and ask for addresses. */
  readonly unmentioned: readonly string[];
}

export type NamedLinkArgument = Omit<LinkArgument, "link"> & { readonly link: string };

export const nothingSaid: NetworkArguments = networkArguments(parseKernelArguments(""));

/** Hardware, or what a virtual machine takes for it. */
export const isPhysical = ({ type, kind }: Pick<LinkStatus, "type" | "kind">): boolean =>
  type === "ether" && kind === "";

/** @param platformLinks links that the platform speaks of, by the kernel's names */
export function worldOf(
  config: MachineConfig | undefined,
  cmdline: NetworkArguments,
  links: Links,
  platformLinks: readonly string[] = [],
): World {
  const names = namesOf(links);
  const devices = config === undefined ? [] : [...v1alpha1Devices(config, names), ...documentDevices(config, names)];
  const ignored = new Set(devices.filter(({ ignore }) => ignore).map(({ name }) => name));
  const physical = [...links].filter(([, link]) => isPhysical(link)).map(([name]) => name);
  const [first] = physical.toSorted();
  const given = cmdline.links.flatMap(({ link, ...rest }) => {
    const name = link === undefined ? first : names.resolve(link);
    return name === undefined || ignored.has(name) ? [] : { ...rest, link: name };
  });
  const argumentDevices = argumentLinks(
    given.map(({ link }) => link),
    cmdline.madeLinks,
    names,
  ).filter(({ name }) => !ignored.has(name));
  const mentioned = new Set([
    ...devices.flatMap(({ name, members, made }) => [
      name,
      ...members,
      ...(made?.kind === "vlan" ? [made.parent] : []),
    ]),
    // A VLAN of the command line leaves its parent to ask for addresses as before.
    ...argumentDevices.flatMap(({ name, members }) => [name, ...members]),
    ...platformLinks,
  ]);
  const isLeftAlone = (name: string) => {
    const { alias = "", altNames = [] } = links.get(name) ?? {};
    return cmdline.ignoredLinks.some((pattern) =>
      [name, alias, ...altNames].some((one) => new Bun.Glob(pattern).match(one)),
    );
  };
  const byItself = config === undefined || !linkDocuments.some((kind) => documentsOf(config, kind).length > 0);
  return {
    links,
    devices,
    arguments: given,
    argumentDevices,
    shared: config === undefined ? [] : sharedOf(config, names),
    unmentioned: byItself ? physical.filter((name) => !mentioned.has(name) && !isLeftAlone(name)) : [],
  };
}

function sharedOf(config: MachineConfig, { resolve }: LinkNames): World["shared"] {
  return documentsOf(config, "Layer2VIPConfig").flatMap(({ link, name: address }) =>
    link === undefined || address === undefined ? [] : { link: resolve(link), address },
  );
}

/** Who uses one of these says everything about the network. */
const linkDocuments = [
  ...(["LinkConfig", "DummyLinkConfig", "VLANConfig", "BridgeConfig", "BondConfig", "WireguardConfig"] as const),
  ...(["DHCPv4Config", "DHCPv6Config"] as const),
];

export function namesOf(links: Links): LinkNames {
  const resolve = (name: string): string => {
    if (links.has(name)) return name;
    const found = [...links].find(([, { alias, altNames }]) => alias === name || altNames?.includes(name));
    return found?.[0] ?? name;
  };
  const select: LinkNames["select"] = (selector) =>
    [...links].filter(([, link]) => isSelected(selector, link)).map(([name]) => name);
  return { resolve, select, indexOf: (name) => links.get(name)?.index };
}

/** Kinds of links that have the hardware address of another: of a member, of their parent. */
const borrowers: ReadonlySet<string> = new Set(["bond", "bridge", "vlan", "macvlan", "macvtap", "ipvlan", "team"]);

/** Every field that is set must fit; none at all fits nothing. */
function isSelected(selector: Parameters<LinkNames["select"]>[0], link: LinkIdentity): boolean {
  const { hardwareAddr = "", permanentAddr, pciID, driver, busPath, physical } = selector;
  // Found by what it borrowed, a VLAN would be put on itself, and a bond would be a member of its own.
  if (hardwareAddr !== "" && physical !== false && borrowers.has(link.kind)) return false;
  const patterns = [
    // A member of a bond has the bond's for as long as it is one.
    [hardwareAddr, link.permanentAddr || link.hardwareAddr],
    [permanentAddr, link.permanentAddr],
    [pciID, link.pciID],
    [driver, link.driver],
    [busPath, link.busPath],
  ] as const;
  const wanted = patterns.filter(([pattern]) => pattern !== undefined && pattern !== "");
  if (wanted.length === 0 && physical === undefined) return false;
  if (physical !== undefined && physical !== isPhysical(link)) return false;
  return wanted.every(([pattern = "", value = ""]) => glob(pattern.toLowerCase(), value.toLowerCase()));
}
