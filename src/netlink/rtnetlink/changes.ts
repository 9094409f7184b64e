import { listen } from "../listen.ts";
import type { NetlinkMessage } from "../message.ts";
import { decodeLinkAddress, type LinkAddress } from "./address.ts";
import { RouteGroup, RouteMessage } from "./constants.ts";
import { decodeLink, type Link } from "./link.ts";
import { decodeNeighbour, type Neighbour } from "./neighbour.ts";
import { decodeRoute, type Route } from "./route.ts";
import { decodeRule, type Rule } from "./rule.ts";

export type ChangeKind = "link" | "address" | "route" | "rule" | "neighbour";

/** Something the kernel says has changed. `resync`: events were lost, read everything again. */
export type Change =
  | { readonly kind: "link"; readonly removed: boolean; readonly link: Link }
  | { readonly kind: "address"; readonly removed: boolean; readonly address: LinkAddress }
  | { readonly kind: "route"; readonly removed: boolean; readonly route: Route }
  | { readonly kind: "rule"; readonly removed: boolean; readonly rule: Rule }
  | { readonly kind: "neighbour"; readonly removed: boolean; readonly neighbour: Neighbour }
  | { readonly kind: "resync" };

const groups = {
  link: RouteGroup.link,
  address: RouteGroup.inet4Address | RouteGroup.inet6Address,
  route: RouteGroup.inet4Route | RouteGroup.inet6Route,
  rule: RouteGroup.inet4Rule | RouteGroup.inet6Rule,
  neighbour: RouteGroup.neighbour,
} as const;

const routeFamily = 0; // NETLINK_ROUTE

/** Listens from the moment it returns until `signal` aborts. */
export const watchChanges = (kinds: readonly ChangeKind[], signal: AbortSignal): AsyncIterable<Change> =>
  listen<Change>(
    {
      protocol: routeFamily,
      groups: kinds.reduce((mask, kind) => mask | groups[kind], 0),
      decode: decodeChange,
      lost: { kind: "resync" },
    },
    signal,
  );

const decoders: Readonly<Record<number, (body: Uint8Array) => Change | undefined>> = {
  ...both(RouteMessage.newLink, (body, removed) => {
    const link = decodeLink(body);
    return link && { kind: "link", removed, link };
  }),
  ...both(RouteMessage.newAddress, (body, removed) => {
    const address = decodeLinkAddress(body);
    return address && { kind: "address", removed, address };
  }),
  ...both(RouteMessage.newRoute, (body, removed) => {
    const route = decodeRoute(body);
    return route && { kind: "route", removed, route };
  }),
  ...both(RouteMessage.newRule, (body, removed) => {
    const rule = decodeRule(body);
    return rule && { kind: "rule", removed, rule };
  }),
  ...both(RouteMessage.newNeighbour, (body, removed) => {
    const neighbour = decodeNeighbour(body);
    return neighbour && { kind: "neighbour", removed, neighbour };
  }),
};

/** What is new and what is gone have neighbouring numbers. */
function both(added: number, decode: (body: Uint8Array, removed: boolean) => Change | undefined) {
  return {
    [added]: (body: Uint8Array) => decode(body, false),
    [added + 1]: (body: Uint8Array) => decode(body, true),
  };
}

/** The change that a multicast message tells of, if we know its type and it is whole. */
export function* decodeChange({ type, body }: NetlinkMessage): Generator<Change> {
  const change = decoders[type]?.(body);
  if (change !== undefined) yield change;
}
