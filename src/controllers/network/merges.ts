import { isIPv4, isIPv6 } from "node:net";
import { AddressSpec } from "../../resources/network/address-spec.ts";
import { HostnameSpec } from "../../resources/network/hostname-spec.ts";
import { ResolverSpec } from "../../resources/network/resolver-spec.ts";
import { mergeController } from "../merge.ts";

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
  });

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
    merge: (wanted) => new Map(wanted.map((spec) => [`${spec.linkName}/${spec.address}`, spec])),
  });

const unique = (items: readonly string[]): string[] => [...new Set(items)];
