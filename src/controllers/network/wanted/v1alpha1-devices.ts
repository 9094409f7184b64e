import { createHash } from "node:crypto";
import type { MachineConfig } from "../../../config/index.ts";
import { bondOf } from "./bond.ts";
import { type Device, type DeviceDhcp, type DeviceRoute, type MadeLink, plainDevice } from "./device.ts";
import { wireguardOf } from "./wireguard.ts";

type Interface = MachineConfig["machine"]["network"]["interfaces"][number];
type Vlan = Interface["vlans"][number];
type Selector = NonNullable<Interface["deviceSelector"]>;

/** What turns the owner's way to say which link is meant into the kernel's names. */
export interface LinkNames {
  /** The link of this name, alternative name or alias; the name itself when there is none yet. */
  readonly resolve: (name: string) => string;
  /** The kernel's number of a link that is there. */
  readonly indexOf: (name: string) => number | undefined;
  /** Names of the links that this fits. */
  readonly select: (selector: Partial<Selector>) => readonly string[];
}

/** The links of `machine.network.interfaces`, each with the VLANs on top of it. */
export function v1alpha1Devices(config: MachineConfig, names: LinkNames): Device[] {
  return config.machine.network.interfaces.flatMap((entry) => {
    const { interface: name, deviceSelector } = entry;
    const found = name === undefined ? names.select(deviceSelector ?? {}) : [names.resolve(name)];
    return found.flatMap((link) => [deviceOf(link, entry, names), ...vlansOf(link, name ?? link, entry)]);
  });
}

function deviceOf(name: string, entry: Interface, names: LinkNames): Device {
  const { bond, bridge, bridgePort, ignore, mtu = 0 } = entry;
  const bonded = defined(bond?.interfaces).map(names.resolve);
  const selected = (bond?.deviceSelectors ?? [])
    .flatMap((selector) => names.select(selector ?? {}))
    .filter((link) => link !== name);
  return {
    ...plainDevice,
    ...{ name, ignore, mtu, made: madeOf(entry, names) },
    members: [...new Set([...bonded, ...selected, ...defined(bridge?.interfaces).map(names.resolve)])],
    bridge: bridgePort?.master === undefined ? undefined : names.resolve(bridgePort.master),
    addresses: addressesOf(entry),
    routes: routesOf(entry.routes),
    ...dhcpOf(entry),
    vip: vipOf(entry),
  };
}

function madeOf({ bond, bridge, dummy, wireguard }: Interface, names: LinkNames): MadeLink | undefined {
  if (bond !== undefined) {
    const { arpIPTarget: arpIpTargets, tlbDynamicLb: tlbLogicalLb } = bond;
    const primary = bond.primary === undefined ? undefined : names.indexOf(names.resolve(bond.primary));
    return { kind: "bond", settings: bondOf({ ...bond, arpIpTargets, tlbLogicalLb, primary }) };
  }
  if (bridge !== undefined)
    return { kind: "bridge", stp: bridge.stp.enabled, vlanFiltering: bridge.vlan.vlanFiltering };
  if (wireguard !== undefined) return { kind: "wireguard", settings: wireguardOf(wireguard) };
  return dummy ? { kind: "dummy" } : undefined;
}

/** @param said the link's name as the owner wrote it: VLANs are named after that */
function vlansOf(parent: string, said: string, { ignore, vlans }: Interface): Device[] {
  return vlans.flatMap((vlan) => {
    const { vlanId: id } = vlan;
    if (id === undefined) return []; // the validation has told
    return {
      ...plainDevice,
      ...{ name: vlanName(said, id), ignore, mtu: vlan.mtu ?? 0 },
      made: { kind: "vlan", parent, id, protocol: "802.1q" },
      addresses: addressesOf(vlan),
      routes: routesOf(vlan.routes),
      ...dhcpOf(vlan),
      vip: vipOf(vlan),
    } satisfies Device;
  });
}

const longestName = 15;
const longestTag = 5;
const keptOfName = 4;

/** `eth0.5`; a name that is too long is shortened in a way that no other one is. */
export function vlanName(parent: string, id: number): string {
  if (parent.length + longestTag <= longestName) return `${parent}.${id}`;
  const digest = createHash("sha256").update(parent).digest();
  const bytes = Math.floor((longestName - keptOfName - longestTag) / 2);
  return `${parent.slice(0, keptOfName)}${digest.subarray(0, bytes).toString("hex")}.${id}`;
}

function addressesOf({ addresses, cidr }: Pick<Interface | Vlan, "addresses" | "cidr">): Device["addresses"] {
  return defined([...addresses, cidr]).map((address) => ({ address: withLength(address), priority: undefined }));
}

/** An address alone is alone in its network. */
const withLength = (address: string): string =>
  address.includes("/") ? address : `${address}/${address.includes(":") ? 128 : 32}`;

const mainTable = 254;

const routesOf = (routes: Interface["routes"]): DeviceRoute[] =>
  routes.map(({ network = "", gateway = "", source = "", metric, mtu = 0 }) => ({
    destination: network === "" ? "" : withLength(network),
    gateway,
    source,
    metric: metric === 0 ? undefined : metric,
    mtu,
    table: mainTable,
  }));

function dhcpOf({
  dhcp,
  dhcpOptions,
}: Pick<Interface | Vlan, "dhcp" | "dhcpOptions">): Pick<Device, "dhcp4" | "dhcp6"> {
  const { routeMetric = 0, ipv4, ipv6, duidv6: duid = "" } = dhcpOptions;
  const unnamed: DeviceDhcp = {
    ...{ routeMetric: routeMetric === 0 ? undefined : routeMetric, ignoreHostname: false },
    ...{ identifier: "none", duid: "" },
  };
  return {
    dhcp4: dhcp && ipv4 ? unnamed : undefined,
    dhcp6:
      dhcp && ipv6
        ? { ...unnamed, ...(duid === "" ? {} : { identifier: "duid", duid: duid.replaceAll(":", "") }) }
        : undefined,
  };
}

/** Addresses that a cloud's API moves are not ours to take. */
const vipOf = ({ vip }: Pick<Interface | Vlan, "vip">): string | undefined =>
  vip?.equinixMetal === undefined && vip?.hcloud === undefined ? vip?.ip : undefined;

const defined = (items: readonly (string | undefined)[] = []): string[] => items.filter((item) => item !== undefined);
