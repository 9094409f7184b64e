import type { AddressSpec } from "../../resources/network/address-spec.ts";
import type { LinkSpec } from "../../resources/network/link-spec.ts";
import type { RouteSpec } from "../../resources/network/route-spec.ts";
import type { Wish } from "../merge.ts";
import { masterNameOf } from "./link/link-lookup.ts";
import type { Device } from "./wanted/device.ts";
import { layerLinks, routeSpecId } from "./wanted/specs.ts";

// Wishes that cannot all come true: which two they are, and which counts. What a higher layer says of the same thing in
// other words is no contradiction, it is what layers are for.

/** A link that is to be of two kinds, or a member of two others. */
export function linkContradiction(wanted: readonly Wish<LinkSpec>[]): string | undefined {
  return joined(
    [...groupsOf(wanted, ({ name }) => name)].flatMap(([name, group]) => [
      ...differing(group, ({ kind }) => kind).map(([counts, not]) => `the link ${name} is a ${both(counts, not)}`),
      ...differing(group, masterNameOf).map(([counts, not]) => `the link ${name} is a member of ${both(counts, not)}`),
    ]),
  );
}

/** An address of one machine that is to be on two links; those that only mean something on their link may be. */
export function addressContradiction(wanted: readonly Wish<AddressSpec>[]): string | undefined {
  return joined(
    [...groupsOf(wanted, ({ address }) => address.replace(/\/.*/, ""))].flatMap(([address, group]) => {
      if (/^fe80:|^169\.254\./i.test(address)) return [];
      const [first, ...others] = group;
      const other = others.find(({ spec }) => spec.linkName !== first?.spec.linkName);
      return first === undefined || other === undefined
        ? []
        : `the address ${address} is wanted on two links: ${first.id} and ${other.id}`;
    }),
  );
}

/** A route to one destination, of one priority, that is to lead out of two links. */
export function routeContradiction(wanted: readonly Wish<RouteSpec>[]): string | undefined {
  return joined(
    [...groupsOf(wanted, routeSpecId)].flatMap(([id, group]) =>
      differing(group, ({ outLinkName = "" }) => outLinkName).map(
        ([counts, not]) => `the route ${id} leads out of ${both(counts, not)}; give one of them another metric`,
      ),
    ),
  );
}

/** A link that is claimed twice within one layer: by two bonds or bridges. */
export function memberContradiction(
  layer: "cmdline" | "configuration",
  devices: readonly Device[],
): string | undefined {
  const claims = new Map<string, Set<string>>();
  for (const { name, members, bridge } of devices) {
    for (const member of members) claims.set(member, (claims.get(member) ?? new Set()).add(name));
    if (bridge !== undefined) claims.set(name, (claims.get(name) ?? new Set()).add(bridge));
  }
  const specs = new Map([...layerLinks(layer, devices)].map((spec) => [spec.name, spec]));
  return joined(
    [...claims].flatMap(([member, masters]) => {
      const spec = specs.get(member);
      if (masters.size < 2 || spec === undefined) return [];
      const counts = masterNameOf(spec);
      const others = [...masters].filter((name) => name !== counts).map((name) => `${layer}/${name}`);
      return `the link ${member} is a member of ${layer}/${counts} and of ${others.join(", ")}: the first counts`;
    }),
  );
}

interface Said {
  readonly id: string;
  readonly said: string;
}

const both = (counts: Said, not: Said): string =>
  `${counts.said} (${counts.id} counts) and ${not.said} (${not.id} does not)`;

/** The highest layer's word, and one below it that is another; nothing is said by those who are silent. */
function differing<S>(group: readonly Wish<S>[], of: (spec: S) => string): [Said, Said][] {
  const said = group.map(({ id, spec }) => ({ id, said: of(spec) })).filter((one) => one.said !== "");
  const counts = said.at(-1);
  const other = said.find((one) => one.said !== counts?.said);
  return counts === undefined || other === undefined ? [] : [[counts, other]];
}

function groupsOf<S>(wanted: readonly Wish<S>[], key: (spec: S) => string): ReadonlyMap<string, readonly Wish<S>[]> {
  return Map.groupBy(wanted, ({ spec }) => key(spec));
}

const joined = (found: readonly string[]): string | undefined => (found.length === 0 ? undefined : found.join("; "));
