import { listen } from "../listen.ts";
import type { NetlinkMessage } from "../message.ts";
import { decodeLinkAddress, type LinkAddress } from "./address.ts";
import { RouteGroup, RouteMessage } from "./constants.ts";
import { decodeLink, type Link } from "./link.ts";
import { decodeRoute, type Route } from "./route.ts";

export type ChangeKind = "link" | "address" | "route";

/** Something the kernel says has changed. `resync`: events were lost, read everything again. */
export type Change =
  | { readonly kind: "link"; readonly removed: boolean; readonly link: Link }
  | { readonly kind: "address"; readonly removed: boolean; readonly address: LinkAddress }
  | { readonly kind: "route"; readonly removed: boolean; readonly route: Route }
  | { readonly kind: "resync" };

const groups = {
  link: RouteGroup.link,
  address: RouteGroup.inet4Address | RouteGroup.inet6Address,
  route: RouteGroup.inet4Route | RouteGroup.inet6Route,
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

/** The change that a multicast message tells of, if we know its type and it is whole. */
export function* decodeChange({ type, body }: NetlinkMessage): Generator<Change> {
  if (type === RouteMessage.newLink || type === RouteMessage.deleteLink) {
    const link = decodeLink(body);
    if (link !== undefined) yield { kind: "link", removed: type === RouteMessage.deleteLink, link };
  } else if (type === RouteMessage.newAddress || type === RouteMessage.deleteAddress) {
    const address = decodeLinkAddress(body);
    if (address !== undefined) yield { kind: "address", removed: type === RouteMessage.deleteAddress, address };
  } else if (type === RouteMessage.newRoute || type === RouteMessage.deleteRoute) {
    const route = decodeRoute(body);
    if (route !== undefined) yield { kind: "route", removed: type === RouteMessage.deleteRoute, route };
  }
}
