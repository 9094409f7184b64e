import type { BondParameters, SeedLink, SeedNetwork, SeedRoute } from "../../../platform/nocloud/seed-network.ts";
import { usualMetric } from "../../../platform/nocloud/seed-network.ts";
import type { PlatformConfig } from "../../../resources/network/platform-config.ts";
import { bondOf } from "../wanted/bond.ts";
import { type Device, type DeviceDhcp, type DeviceRoute, type MadeLink, plainDevice } from "../wanted/device.ts";
import { addressSpecs, linkSpecs, mainTable, operatorSpecs, routeSpecs } from "../wanted/specs.ts";
import { isPhysical, type Links } from "../wanted/world.ts";

type Wishes = Pick<PlatformConfig, "links" | "addresses" | "routes" | "operators" | "resolvers">;

/** What a seed's network comes to on a machine with these links. */
export function nocloudNetwork(seed: SeedNetwork, links: Links): { wishes: Wishes; problems: readonly string[] } {
  const problems: string[] = [];
  const names = new Map(seed.links.map((link) => [link.id, nameOf(link, links, problems)]));
  const devices = seed.links.map((link) => deviceOf(link, (id) => names.get(id) ?? id));
  const world = { links, devices, arguments: [], argumentDevices: [], shared: [], unmentioned: [] };
  const { dnsServers, searchDomains } = seed;
  const says = dnsServers.length > 0 || searchDomains.length > 0;
  const wishes = {
    // There is more in a world than this seed.
    links: [...linkSpecs(world).values()].filter(({ layer }) => layer === "configuration"),
    addresses: [...addressSpecs(world).values()],
    routes: [...routeSpecs(world).values()],
    operators: [...operatorSpecs(world).values()],
    resolvers: says ? [{ dnsServers, searchDomains, layer: "platform" as const }] : [],
  };
  return { wishes, problems: [...seed.problems, ...problems] };
}

/** The kernel's name of a link: hardware is known by its address, or by a pattern of names. */
function nameOf({ id, kind }: SeedLink, links: Links, problems: string[]): string {
  if (kind.kind !== "physical") return id;
  const { hardwareAddr, pattern } = kind;
  const physical = [...links].filter(([, link]) => isPhysical(link));
  if (hardwareAddr !== undefined) {
    const wanted = hardwareAddr.toLowerCase();
    const found = physical.find(([, link]) => (link.permanentAddr || link.hardwareAddr) === wanted);
    if (found !== undefined) return found[0];
    problems.push(`no link has the hardware address ${hardwareAddr} of the platform's "${id}": that name is taken`);
    return id;
  }
  if (pattern === undefined || links.has(id)) return id;
  const glob = new Bun.Glob(pattern);
  return physical.find(([name]) => glob.match(name))?.[0] ?? id;
}

function deviceOf(link: SeedLink, nameOf: (id: string) => string): Device {
  const { id, kind, mtu, dhcp4, dhcp6, addresses, routes } = link;
  return {
    ...plainDevice,
    ...{ name: nameOf(id), mtu, made: madeOf(link, nameOf) },
    members: kind.kind === "bond" || kind.kind === "bridge" ? kind.members.map(nameOf) : [],
    addresses: addresses.map((address) => ({ address, priority: undefined })),
    routes: routes.flatMap(routesOf),
    ...{ dhcp4: dhcpOf(dhcp4), dhcp6: dhcpOf(dhcp6) },
  };
}

function madeOf({ kind }: SeedLink, nameOf: (id: string) => string): MadeLink | undefined {
  switch (kind.kind) {
    case "vlan":
      return { kind: "vlan", parent: nameOf(kind.parent), id: kind.id, protocol: "802.1q" };
    case "bridge":
      return { kind: "bridge", stp: kind.stp, vlanFiltering: false };
    case "bond":
      return { kind: "bond", settings: bondOf(said(kind.parameters)) };
    default:
      return undefined;
  }
}

/** Nothing is left as it is by zeros, as some hypervisors write them. */
const said = (parameters: BondParameters): Partial<BondParameters> =>
  Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== 0));

function dhcpOf(routeMetric: number | undefined): DeviceDhcp | undefined {
  return routeMetric === undefined ? undefined : { routeMetric, ignoreHostname: false, identifier: "none", duid: "" };
}

function routesOf({ destination, gateway, metric, table = mainTable, isOnLink }: SeedRoute): DeviceRoute[] {
  const isInet6 = gateway.includes(":");
  const common = { source: "", mtu: 0, table };
  const route = { ...common, destination, gateway, metric: metric ?? usualMetric[isInet6 ? "inet6" : "inet4"] };
  if (!isOnLink) return [route];
  return [route, { ...common, destination: `${gateway}/${isInet6 ? 128 : 32}`, gateway: "", metric }];
}
