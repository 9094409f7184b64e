import { isIPv4, isIPv6 } from "node:net";
import { containsAddress, parsePrefix } from "../../../net/prefix.ts";
import { AddressFlag } from "../../../netlink/rtnetlink/constants.ts";
import type { AddressSpec } from "../../../resources/network/address-spec.ts";
import type { LinkSpec } from "../../../resources/network/link-spec.ts";
import type { OperatorSpec } from "../../../resources/network/operator-spec.ts";
import type { RouteSpec } from "../../../resources/network/route-spec.ts";
import { type Layer, layered } from "../../layered.ts";
import type { Device, DeviceDhcp, MadeLink } from "./device.ts";
import type { World } from "./world.ts";

/** Of routes that nobody gave a priority. */
export const usualMetric = 1_024;
export const mainTable = 254;

/** What the links should be, by id. */
export function linkSpecs({ devices, argumentDevices, unmentioned }: World): ReadonlyMap<string, LinkSpec> {
  const own = devices.filter(({ ignore }) => !ignore);
  const specs = [
    ...["lo", ...unmentioned].map((name) => plainLink(name, "default")),
    ...layerLinks("cmdline", argumentDevices),
    ...layerLinks("configuration", own),
  ];
  return new Map(specs.map((spec) => [layered(spec.layer, spec.name), spec]));
}

/** The links that one layer speaks of, members included. */
export function layerLinks(layer: Layer, devices: readonly Device[]): Iterable<LinkSpec> {
  const specs = new Map<string, LinkSpec>();
  const say = (name: string, said: Partial<LinkSpec>) =>
    specs.set(name, { ...(specs.get(name) ?? plainLink(name, layer)), ...said });
  /** A link is a member of one other: the last word counts. */
  const join = (name: string, role: Pick<LinkSpec, "bondSlave" | "bridgeSlave">) => {
    const { bridgeSlave: _, ...rest } = specs.get(name) ?? plainLink(name, layer);
    specs.set(name, { ...rest, bondSlave: {}, ...role });
  };
  for (const device of devices) say(device.name, linkOf(device));
  for (const { name: masterName, members, made, bridge } of devices) {
    for (const [slaveIndex, member] of members.entries()) {
      if (member === masterName) continue; // the kernel would refuse, and be asked again and again
      join(member, made?.kind === "bond" ? { bondSlave: { masterName, slaveIndex } } : { bridgeSlave: { masterName } });
    }
    if (bridge !== undefined) join(masterName, { bridgeSlave: { masterName: bridge } });
  }
  return specs.values();
}

export const plainLink = (name: string, layer: Layer): LinkSpec => ({
  ...{ name, layer, up: true, logical: false, mtu: 0, kind: "", type: "netrom", bondSlave: {} },
});

function linkOf({ up, mtu, hardwareAddr, multicast, made }: Device): Partial<LinkSpec> {
  return {
    ...{ up, mtu },
    ...(multicast === undefined ? {} : { multicast }),
    ...(hardwareAddr === undefined ? {} : { hardwareAddr }),
    ...(made === undefined ? {} : { logical: true, kind: made.kind, type: typeOf(made), ...settingsOf(made) }),
  };
}

/** A tunnel has no hardware address, and so no header of its own. */
const typeOf = ({ kind }: MadeLink) => (kind === "wireguard" ? "nohdr" : "ether");

function settingsOf(made: MadeLink): Partial<LinkSpec> {
  if (made.kind === "vlan") return { parentName: made.parent, vlan: { vlanID: made.id, vlanProtocol: made.protocol } };
  if (made.kind === "bridge")
    return { bridgeMaster: { stp: { enabled: made.stp }, vlan: { filteringEnabled: made.vlanFiltering } } };
  if (made.kind === "wireguard") return { wireguard: made.settings };
  return made.kind === "bond" ? { bondMaster: made.settings } : {};
}

/** Addresses that links should have, by id. */
export function addressSpecs({ devices, arguments: given }: World): ReadonlyMap<string, AddressSpec> {
  const specs = [
    ...given.flatMap(({ link, address }) => (address === undefined ? [] : addressSpec("cmdline", link, address))),
    ...devices
      .filter(({ ignore }) => !ignore)
      .flatMap(({ name, addresses }) =>
        addresses.map(({ address, priority }) => addressSpec("configuration", name, address, priority)),
      ),
  ];
  return new Map(specs.map((spec) => [layered(spec.layer, `${spec.linkName}/${spec.address}`), spec]));
}

export function addressSpec(layer: Layer, linkName: string, address: string, priority?: number): AddressSpec {
  return {
    ...{ address, linkName, layer, family: address.includes(":") ? "inet6" : "inet4", scope: "global" },
    flags: AddressFlag.permanent,
    ...(priority === undefined ? {} : { priority }),
  };
}

/** What the kernel gives the loopback as it comes up: wished for, so that it comes back when somebody takes it away. */
export const loopbackAddresses: ReadonlyMap<string, AddressSpec> = new Map([
  ["default/lo/127.0.0.1/8", { ...addressSpec("default", "lo", "127.0.0.1/8"), scope: "host" }],
]);

/** Routes that should be, by id. */
export function routeSpecs({ devices, arguments: given }: World): ReadonlyMap<string, RouteSpec> {
  const ofArguments = given.flatMap(({ link, address, gateway }, index) =>
    gateway === undefined ? [] : gatewayRoutes("cmdline", link, address, gateway, usualMetric + index),
  );
  const ofDevices = devices
    .filter(({ ignore }) => !ignore)
    .flatMap(({ name, routes }) =>
      routes.map(({ destination, gateway, source, metric = usualMetric, mtu, table }) =>
        routeSpec({
          ...{ layer: "configuration", outLinkName: name, dst: destination, gateway, src: source },
          ...{ priority: metric, mtu, table, protocol: "static" },
        }),
      ),
    );
  return new Map([...ofArguments, ...ofDevices].map((spec) => [layered(spec.layer, routeSpecId(spec)), spec]));
}

/** The default route, and the way to the gateway when it is outside of the link's network. */
export function gatewayRoutes(
  layer: Layer,
  link: string,
  address: string | undefined,
  gateway: string,
  priority: number,
): RouteSpec[] {
  const common = { layer, outLinkName: link, priority, protocol: "boot" } as const;
  const through = routeSpec({ ...common, gateway });
  if (address === undefined || !isIPv4(gateway) || containsAddress(parsePrefix(address), parsePrefix(gateway)))
    return [through];
  return [through, routeSpec({ ...common, dst: `${gateway}/32`, src: address.replace(/\/.*/, "") })];
}

interface RouteWish extends Partial<Omit<RouteSpec, "layer">> {
  readonly layer: Layer;
}

const nowhere: ReadonlySet<string> = new Set(["0.0.0.0", "::", "0.0.0.0/0", "::/0"]);

/** Fills in what follows from the rest: the family, the scope, and that everything is no destination. */
export function routeSpec(wish: RouteWish): RouteSpec {
  const { dst: wanted = "", gateway: via = "", src: from = "", mtu = 0 } = wish;
  const isInet6 = [wanted, via, from].some((text) => isIPv6(text.replace(/\/.*/, "")));
  const [dst, gateway, src] = [wanted, via, from].map((text) => (nowhere.has(text) ? "" : text));
  return {
    ...{ outLinkName: "", table: mainTable, type: "unicast", flags: 0, protocol: "static", priority: usualMetric },
    ...wish,
    ...{ dst: dst ?? "", gateway: gateway ?? "", src: src ?? "", mtu },
    family: isInet6 ? "inet6" : "inet4",
    scope: gateway === "" && dst !== "" ? "link" : "global",
  };
}

const tableNames: Readonly<Record<number, string>> = { 253: "default", 255: "local" };

/** `inet4/10.0.2.2//1024`, as routes that the kernel has are called. */
export function routeSpecId({ table, family, gateway, dst, priority, outLinkName = "" }: RouteSpec): string {
  const first = table === mainTable ? "" : `${tableNames[table] ?? table}/`;
  const link = family === "inet6" ? `${outLinkName}/` : "";
  return `${first}${link}${family}/${gateway}/${dst}/${priority ?? 0}`;
}

/** Who asks for addresses, by id. */
export function operatorSpecs({ devices, arguments: given, unmentioned }: World): ReadonlyMap<string, OperatorSpec> {
  const byMac: DeviceDhcp = { routeMetric: undefined, ignoreHostname: false, identifier: "mac", duid: "" };
  const plain: DeviceDhcp = { ...byMac, identifier: "none" };
  const specs = [
    ...unmentioned.map((link) => dhcpSpec("dhcp4", "default", link, byMac)),
    ...given.filter(({ dhcp }) => dhcp).map(({ link }) => dhcpSpec("dhcp4", "cmdline", link, plain)),
    ...devices
      .filter(({ ignore }) => !ignore)
      .flatMap(({ name, dhcp4, dhcp6 }) => [
        ...(dhcp4 === undefined ? [] : [dhcpSpec("dhcp4", "configuration", name, dhcp4)]),
        ...(dhcp6 === undefined ? [] : [dhcpSpec("dhcp6", "configuration", name, dhcp6)]),
      ]),
  ];
  return new Map(specs.map((spec) => [layered(spec.layer, operatorId(spec)), spec]));
}

/** `dhcp4/eth0`, `vip/eth0/192.0.2.1` */
export const operatorId = ({ operator, linkName, vip }: OperatorSpec): string =>
  operator === "vip" ? `vip/${linkName}/${vip?.ip ?? ""}` : `${operator}/${linkName}`;

/** Who takes part in the election of an address's holder, by id. */
export function vipSpecs({ devices, shared }: World): ReadonlyMap<string, OperatorSpec> {
  const ofDevices = devices.flatMap(({ name, ignore, vip }) =>
    ignore || vip === undefined ? [] : { link: name, address: vip },
  );
  const specs = [...ofDevices, ...shared].map(
    ({ link, address }): OperatorSpec => ({
      ...{ operator: "vip", linkName: link, requireUp: true, layer: "configuration" },
      vip: { ip: address, gratuitousARP: true },
    }),
  );
  return new Map(specs.map((spec) => [layered("configuration", operatorId(spec)), spec]));
}

function dhcpSpec(
  operator: "dhcp4" | "dhcp6",
  layer: Layer,
  linkName: string,
  { routeMetric, ignoreHostname, identifier, duid }: DeviceDhcp,
): OperatorSpec {
  const options = {
    routeMetric: routeMetric ?? usualMetric,
    skipHostnameRequest: ignoreHostname,
    clientIdentifier: { clientIdentifier: identifier, duidRawHex: duid },
  };
  return { operator, linkName, requireUp: true, layer, [operator]: options };
}
