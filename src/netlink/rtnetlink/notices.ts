import { Queue } from "../../async/queue.ts";
import { Errno } from "../../linux/errno.ts";
import { watchReadable } from "../../linux/readiness.ts";
import { SyscallError } from "../../linux/syscall-error.ts";
import { Attributes } from "../attribute.ts";
import type { NetlinkMessage } from "../message.ts";
import { NetlinkSocket } from "../netlink-socket.ts";
import { decodeLinkAddress } from "./address.ts";
import { RouteAttribute, RouteGroup, RouteMessage } from "./constants.ts";
import { routeHeader } from "./route.ts";

export type NoticeKind = "link" | "address" | "route";

/**
 * Something of a link has changed, says the kernel; 0 for routes that lead out of none. Of addresses that went it says which.
 * `lost`: nobody knows what.
 */
export type Notice =
  | { readonly kind: NoticeKind; readonly linkIndex: number; readonly removed: boolean; readonly address?: string }
  | { readonly kind: "lost" };

const groups = {
  link: [RouteGroup.link],
  address: [RouteGroup.inet4Address, RouteGroup.inet6Address],
  route: [RouteGroup.inet4Route, RouteGroup.inet6Route],
} as const satisfies Readonly<Record<NoticeKind, readonly number[]>>;

interface Listener {
  readonly kinds: readonly NoticeKind[];
  readonly news: Queue<void>;
}

const routeFamily = 0; // NETLINK_ROUTE

/**
 * What the kernel tells of changes, for everybody who shares one Rtnetlink: one socket instead of one for each who wants
 * to be woken. Of a message only what it is about is read.
 */
export class Notices implements Disposable {
  readonly #socket = new NetlinkSocket(routeFamily);
  readonly #note: (notice: Notice) => void;
  readonly #joined = new Set<NoticeKind>();
  readonly #listeners = new Set<Listener>();
  #watch: Disposable | undefined;

  /** @param note is told everything, before those who listen wake */
  constructor(note: (notice: Notice) => void) {
    this.#note = note;
  }

  [Symbol.dispose](): void {
    for (const { news } of this.#listeners) news.close();
    this.#watch?.[Symbol.dispose]();
    this.#socket[Symbol.dispose]();
  }

  /** Hears of a kind from now on. What nobody asks about costs nothing. */
  join(kind: NoticeKind): void {
    if (this.#joined.has(kind)) return;
    for (const mask of groups[kind]) this.#socket.join(32 - Math.clz32(mask));
    this.#joined.add(kind);
  }

  /** Takes what was told by now: the kernel tells before a change returns. */
  take(): void {
    const heard = new Set<Notice["kind"]>();
    for (let notices = this.#receive(); notices !== undefined; notices = this.#receive()) {
      for (const notice of notices) {
        this.#note(notice);
        heard.add(notice.kind);
      }
    }
    if (heard.size > 0) this.wake(heard);
  }

  /** Wakes those who listen for any of these; all of them when something was lost. */
  wake(heard: ReadonlySet<Notice["kind"]>): void {
    for (const { kinds, news } of this.#listeners) {
      if (heard.has("lost") || kinds.some((kind) => heard.has(kind))) news.push();
    }
  }

  /** Whether anybody listens for these. */
  isHeard(kind: NoticeKind): boolean {
    return this.#listeners.values().some(({ kinds }) => kinds.includes(kind));
  }

  /** An item when something was told of these kinds; several may be one. Listens from the call on until `signal` aborts. */
  listen(kinds: readonly NoticeKind[], signal: AbortSignal): AsyncIterable<void> {
    const listener: Listener = { kinds, news: new Queue<void>(1) };
    for (const kind of kinds) this.join(kind);
    const stop = () => this.#forget(listener);
    if (signal.aborted) listener.news.close();
    else {
      this.#listeners.add(listener);
      signal.addEventListener("abort", stop, { once: true });
      this.#watch ??= watchReadable(
        this.#socket.fd,
        () => this.take(),
        (error) => this.#fail(error),
      );
    }
    return listener.news;
  }

  #forget(listener: Listener): void {
    listener.news.close();
    this.#listeners.delete(listener);
    if (this.#listeners.size > 0) return;
    this.#watch?.[Symbol.dispose]();
    this.#watch = undefined;
  }

  /** Who listens begins again. */
  #fail(error: unknown): void {
    this.#watch = undefined;
    this.#note({ kind: "lost" });
    for (const { news } of this.#listeners) news.close(error);
    this.#listeners.clear();
  }

  #receive(): Notice[] | undefined {
    try {
      return this.#socket.receive()?.flatMap((message) => noticeOf(message) ?? []);
    } catch (thrown) {
      if (thrown instanceof SyscallError && thrown.errno === Errno.ENOBUFS) return [{ kind: "lost" }];
      throw thrown;
    }
  }
}

const kinds: ReadonlyMap<number, { readonly kind: NoticeKind; readonly removed: boolean }> = new Map([
  [RouteMessage.newLink, { kind: "link", removed: false }],
  [RouteMessage.deleteLink, { kind: "link", removed: true }],
  [RouteMessage.newAddress, { kind: "address", removed: false }],
  [RouteMessage.deleteAddress, { kind: "address", removed: true }],
  [RouteMessage.newRoute, { kind: "route", removed: false }],
  [RouteMessage.deleteRoute, { kind: "route", removed: true }],
]);

/** Where both struct ifinfomsg and struct ifaddrmsg have the link's index. */
const indexAt = 4;

/** What a multicast message is about, if we know its type and it is whole. */
export function noticeOf({ type, body }: NetlinkMessage): Notice | undefined {
  const told = kinds.get(type);
  if (told === undefined || body.length < indexAt + 4) return undefined;
  if (told.kind === "route") {
    const linkIndex = new Attributes(body, routeHeader.size).number(RouteAttribute.outInterface) ?? 0;
    return { ...told, linkIndex };
  }
  const linkIndex = new DataView(body.buffer, body.byteOffset).getUint32(indexAt, true);
  const address = told.kind === "address" && told.removed ? decodeLinkAddress(body)?.address : undefined;
  return { ...told, linkIndex, ...(address === undefined ? {} : { address }) };
}
