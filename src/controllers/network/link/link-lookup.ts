import type { Link } from "../../../netlink/rtnetlink/link.ts";
import type { LinkSpec } from "../../../resources/network/link-spec.ts";

/** The links of one moment, by the names that they are known by. */
export interface LinksByName {
  readonly all: readonly Link[];
  /** @param byAlias whether other names than the kernel's count: made links have none before they are made */
  find(name: string, byAlias: boolean): Link | undefined;
}

export function linksByName(all: readonly Link[]): LinksByName {
  const byName = new Map(all.map((link) => [link.name, link]));
  const byOther = new Map(
    all.flatMap((link) => [link.alias ?? "", ...link.alternativeNames].map((name): [string, Link] => [name, link])),
  );
  byOther.delete("");
  return { all, find: (name, byAlias) => byName.get(name) ?? (byAlias ? byOther.get(name) : undefined) };
}

/** The bond or bridge that a link should be part of; empty for none. */
export const masterNameOf = ({ bondSlave, bridgeSlave }: LinkSpec): string =>
  bondSlave?.masterName ?? bridgeSlave?.masterName ?? "";

/** What the link is part of because of this spec. */
export function memberOf(link: Link, spec: LinkSpec, links: LinksByName): Link | undefined {
  const name = masterNameOf(spec);
  const master = name === "" ? undefined : links.find(name, true);
  return master !== undefined && master.index === link.masterIndex ? master : undefined;
}

/** What links are called, by index. */
export const linkNames = (links: readonly Link[]): ReadonlyMap<number, string> =>
  new Map(links.map(({ index, name }) => [index, name]));
