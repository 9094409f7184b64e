import { isIPv4, isIPv6 } from "node:net";
import { AddressSpec } from "../../resources/network/address-spec.ts";
import { HostnameSpec } from "../../resources/network/hostname-spec.ts";
import { LinkSpec } from "../../resources/network/link-spec.ts";
import { OperatorSpec } from "../../resources/network/operator-spec.ts";
import { ResolverSpec } from "../../resources/network/resolver-spec.ts";
import { RouteSpec } from "../../resources/network/route-spec.ts";
import { mergeController, type Wish } from "../merge.ts";
import { addressContradiction, linkContradiction, routeContradiction } from "./contradictions.ts";
import { masterNameOf } from "./link/link-lookup.ts";
import { operatorId, plainLink, routeSpecId } from "./wanted/specs.ts";
import { mergeWireguard } from "./wanted/wireguard.ts";

// What comes out when several layers ask for the same: one file, so that the rules can be compared.

/** The name of the highest layer; the first of those that several operators give. */
export const hostnameMergeController = () =>
  mergeController({
    name: "network.HostnameMergeController",
    kind: HostnameSpec,
    merge: (wanted) => {
      const named = wanted.filter(({ hostname }) => hostname !== "");
      const highest = named.at(-1)?.layer;
      const chosen = named.find(({ layer }) => layer === highest);
      return new Map(chosen === undefined ? [] : [["hostname", chosen]]);
    },
    contradiction: differentNames,
  });

function differentNames(wanted: readonly Wish<HostnameSpec>[]): string | undefined {
  const named = wanted.filter(({ spec }) => spec.hostname !== "");
  const [first, ...others] = named.filter(({ spec }) => spec.layer === named.at(-1)?.spec.layer);
  const other = others.find(({ spec }) => !Bun.deepEquals(spec, first?.spec));
  if (first === undefined || other === undefined) return undefined;
  return `two names for this machine: ${told(first)} counts, ${told(other)} does not`;
}

const told = ({ id, spec: { hostname, domainname } }: Wish<HostnameSpec>): string =>
  `"${domainname === "" ? hostname : `${hostname}.${domainname}`}" (${id})`;

/** Servers of the highest layer, those of its equals together; search domains of all. */
export const resolverMergeController = () =>
  mergeController({ name: "network.ResolverMergeController", kind: ResolverSpec, merge: mergeResolvers });

export function mergeResolvers(wanted: readonly ResolverSpec[]): ReadonlyMap<string, ResolverSpec> {
  const [first] = wanted;
  if (first === undefined) return new Map();
  let { layer, dnsServers } = first;
  for (const spec of wanted.slice(1)) {
    if (spec.dnsServers.length === 0) continue;
    dnsServers =
      spec.layer === layer ? [...dnsServers, ...spec.dnsServers] : replaceServers(dnsServers, spec.dnsServers);
    layer = spec.layer;
  }
  const searchDomains = unique(wanted.toReversed().flatMap((spec) => spec.searchDomains ?? []));
  return new Map([["resolvers", { dnsServers: unique(dnsServers), searchDomains, layer }]]);
}

/** Servers of a family that the new ones do not have stay: they may be all that is reachable. */
function replaceServers(before: readonly string[], now: readonly string[]): readonly string[] {
  if (!now.some(isIPv4)) return [...now, ...before.filter(isIPv4)];
  return now.some(isIPv6) ? now : [...now, ...before.filter(isIPv6)];
}

/** By link and address, the highest layer's word. */
export const addressMergeController = () =>
  mergeController({
    name: "network.AddressMergeController",
    kind: AddressSpec,
    contradiction: addressContradiction,
    merge: (wanted) => new Map(wanted.map((spec) => [`${spec.linkName}/${spec.address}`, spec])),
  });

/** All layers together: a higher one changes what it says, and leaves the rest. */
export const linkMergeController = () =>
  mergeController({
    name: "network.LinkMergeController",
    kind: LinkSpec,
    merge: mergeLinks,
    contradiction: linkContradiction,
  });

export function mergeLinks(wanted: readonly LinkSpec[]): ReadonlyMap<string, LinkSpec> {
  const merged = new Map<string, LinkSpec>();
  const untold = plainLink("", "default");
  for (const spec of wanted) {
    const before = merged.get(spec.name) ?? { ...untold, up: false, name: spec.name };
    const said = Object.entries(spec).filter(([field, value]) => saysSomething(value, Reflect.get(untold, field)));
    // A layer that names a link at all decides whether it is up.
    const { bridgeSlave: _, ...rest } = before;
    // It is a member of one other: who says of which, says of which not.
    const others = masterNameOf(spec) === "" ? before : { ...rest, bondSlave: {} };
    const changed: LinkSpec = { ...others, ...Object.fromEntries(said), up: spec.up, layer: spec.layer };
    const tunnel =
      before.wireguard === undefined || spec.wireguard === undefined
        ? changed
        : { ...changed, wireguard: mergeWireguard(before.wireguard, spec.wireguard) };
    merged.set(spec.name, tunnel);
  }
  return merged;
}

const saysSomething = (value: unknown, nothing: unknown): boolean =>
  value !== undefined && !Bun.deepEquals(value, nothing);

/** By what tells routes apart, the highest layer's word. */
export const routeMergeController = () =>
  mergeController({
    name: "network.RouteMergeController",
    kind: RouteSpec,
    contradiction: routeContradiction,
    merge: (wanted) => new Map(wanted.map((spec) => [routeSpecId(spec), spec])),
  });

/** One of each kind for a link, the highest layer's. */
export const operatorMergeController = () =>
  mergeController({
    name: "network.OperatorMergeController",
    kind: OperatorSpec,
    merge: (wanted) => new Map(wanted.map((spec) => [operatorId(spec), spec])),
  });

const unique = (items: readonly string[]): string[] => [...new Set(items)];
