import { Queue } from "../../async/queue.ts";
import { Errno } from "../../linux/errno.ts";
import { watchReadable } from "../../linux/readiness.ts";
import { SyscallError } from "../../linux/syscall-error.ts";
import type { NetlinkMessage } from "../message.ts";
import { NetlinkSocket } from "../netlink-socket.ts";
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

const queueLimit = 1_024;
const routeFamily = 0; // NETLINK_ROUTE

/** Listens from the moment it returns until `signal` aborts. Nothing is polled. */
export function watchChanges(kinds: readonly ChangeKind[], signal: AbortSignal): AsyncIterable<Change> {
  const listener = new NetlinkSocket(
    routeFamily,
    kinds.reduce((mask, kind) => mask | groups[kind], 0),
  );
  const queue = new Queue<Change>(queueLimit);
  const watch = watchReadable(
    listener.fd,
    () => drain(listener, (change) => enqueue(queue, change)),
    (error) => queue.close(error),
  );
  const stop = () => {
    watch[Symbol.dispose]();
    listener[Symbol.dispose]();
    queue.close();
  };
  if (signal.aborted) stop();
  else signal.addEventListener("abort", stop, { once: true });
  return queue;
}

function enqueue(queue: Queue<Change>, change: Change): void {
  // The last place is for the news that the rest was lost; it goes on once the reader has caught up.
  if (queue.length < queueLimit - 1) queue.push(change);
  else if (queue.length === queueLimit - 1) queue.push({ kind: "resync" });
}

function drain(listener: NetlinkSocket, push: (change: Change) => void): void {
  while (true) {
    const messages = receiveOrLost(listener);
    if (messages === undefined) return;
    if (messages === "lost") push({ kind: "resync" });
    else for (const message of messages) for (const change of decodeChange(message)) push(change);
  }
}

function receiveOrLost(listener: NetlinkSocket): NetlinkMessage[] | "lost" | undefined {
  try {
    return listener.receive();
  } catch (thrown) {
    if (thrown instanceof SyscallError && thrown.errno === Errno.ENOBUFS) return "lost";
    throw thrown;
  }
}

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
