import { Errno } from "../../linux/errno.ts";
import { AddressFamily } from "../../linux/socket.ts";
import { encodeAttributes } from "../attribute.ts";
import type { NetlinkMessage } from "../message.ts";
import { NetlinkError } from "../netlink-error.ts";
import type { NetlinkSocket } from "../netlink-socket.ts";
import { addressHeader, decodeLinkAddress, type LinkAddress } from "./address.ts";
import { LinkAttribute, linkFilterSkipStatistics, RouteAttribute, RouteMessage } from "./constants.ts";
import { KernelTable } from "./kernel-table.ts";
import { KnownMessages } from "./known-messages.ts";
import { decodeLink, interfaceHeader, type Link } from "./link.ts";
import { type Notice, type NoticeKind, Notices } from "./notices.ts";
import { decodeRoute, type Route, routeHeader } from "./route.ts";

/** Without counters of packets, which are half of what there is to say. */
export const withoutStatistics = encodeAttributes([[LinkAttribute.filter, linkFilterSkipStatistics]]);

/** After more, all routes are as well read at once. */
const mostGone = 64;
/** Who reads now has shown by then what it was woken for. */
const readAgainMs = 50;

/**
 * Links, addresses and routes as the kernel has them at the moment of asking. It says which links something happened to;
 * what, it is asked, and only about those. When something it said was lost, it is asked about everything.
 */
export class KernelTables implements Disposable {
  readonly #notices = new Notices((notice) => this.#note(notice));
  readonly #links: KernelTable<Link>;
  readonly #addresses: KernelTable<LinkAddress>;
  readonly #routes: KernelTable<Route>;
  readonly #knownAddresses = new KnownMessages(decodeLinkAddress);
  readonly #knownRoutes = new KnownMessages(decodeRoute);
  /** Tables that are old, and are read again in a moment. */
  readonly #due = new Map<NoticeKind, NodeJS.Timeout>();
  #hasLinkChanged = false;
  /** Addresses that went since the routes were read. */
  readonly #gone = new Set<string>();

  /**
   * @param socket checks strictly: the kernel then tells of one link when asked about one
   * @param nowMs only tests have another clock
   */
  constructor(socket: NetlinkSocket, nowMs = () => performance.now()) {
    this.#links = new KernelTable({
      all: () => readLinks(socket),
      ofLink: (index) => readLink(socket, index),
      linkIndexOf: ({ index }) => index,
      keyOf: ({ name }) => name,
      readAgainSoon: () => this.#readAgainSoon("link", this.#links),
      nowMs,
    });
    this.#addresses = new KernelTable({
      all: () => this.#knownAddresses.all(readAddresses(socket, 0)),
      ofLink: (index) => unlessGone(() => this.#knownAddresses.some(readAddresses(socket, index))),
      linkIndexOf: ({ linkIndex }) => linkIndex,
      keyOf: ({ prefix, peer }) => `${prefix} ${peer}`,
      readAgainSoon: () => this.#readAgainSoon("address", this.#addresses),
      nowMs,
    });
    this.#routes = new KernelTable({
      all: () => this.#knownRoutes.all(readRoutes(socket)),
      // There is no asking for those that lead out of no link, or out of several.
      ofLink: (index) =>
        index === 0 ? undefined : unlessGone(() => this.#knownRoutes.some(readRoutesOf(socket, index))),
      linkIndexOf: ({ linkIndex }) => linkIndex,
      keyOf: ({ family, destination, gateway, table, metric, type }) =>
        `${family} ${destination} ${gateway} ${table} ${metric} ${type}`,
      readAgainSoon: () => this.#readAgainSoon("route", this.#routes),
      nowMs,
    });
  }

  [Symbol.dispose](): void {
    for (const timer of this.#due.values()) clearTimeout(timer);
    this.#notices[Symbol.dispose]();
  }

  links(): readonly Link[] {
    this.#hear("link");
    return this.#links.read();
  }

  /** Ready to be read: what the kernel has told by now is noted. */
  addresses(): KernelTable<LinkAddress> {
    this.#hear("link", "address");
    return this.#addresses;
  }

  /** As `addresses`. */
  routes(): KernelTable<Route> {
    this.#hear("link", "address", "route");
    this.#missUntoldRoutes();
    return this.#routes;
  }

  listen(kinds: readonly NoticeKind[], signal: AbortSignal): AsyncIterable<void> {
    return this.#notices.listen(kinds, signal);
  }

  /** A link was changed from here: of one that is down the kernel does not tell everything. */
  asked(index: number, masterIndex = 0): void {
    const [link] = this.#links.lastKnown(index);
    for (const one of [index, masterIndex, link?.masterIndex ?? 0]) if (one !== 0) this.#links.changed(one);
    if (link?.kind !== "bond") return;
    // It changes its members with itself.
    for (const member of this.#links.lastRead) if (member.masterIndex === index) this.#links.changed(member.index);
  }

  /** @returns false where nobody listens, who would read again */
  #readAgainSoon(kind: NoticeKind, table: { readonly lost: () => void }): boolean {
    if (!this.#notices.isHeard(kind)) return false;
    if (this.#due.has(kind)) return true;
    const readAgain = () => {
      this.#due.delete(kind);
      table.lost();
      this.#notices.wake(new Set([kind]));
    };
    this.#due.set(kind, setTimeout(readAgain, readAgainMs).unref());
    return true;
  }

  #hear(...kinds: readonly NoticeKind[]): void {
    for (const kind of kinds) this.#notices.join(kind);
    this.#notices.take();
  }

  #note(notice: Notice): void {
    if (notice.kind === "lost") {
      for (const table of [this.#links, this.#addresses, this.#routes]) table.lost();
      return;
    }
    const { kind, linkIndex, removed, address } = notice;
    if (kind === "link") this.#links.changed(linkIndex);
    if (kind === "address" || (kind === "link" && removed)) this.#addresses.changed(linkIndex);
    if (kind === "address" && !removed) return;
    this.#routes.changed(linkIndex);
    if (kind === "link") this.#hasLinkChanged = true;
    if (address !== undefined) this.#missSource(address);
  }

  /** Routes of IPv4 end without a word: with one of the links they lead out of, or the address that they leave with. */
  #missUntoldRoutes(): void {
    const hasLinkChanged = this.#hasLinkChanged;
    this.#hasLinkChanged = false;
    if (hasLinkChanged && this.#routes.lastKnown(0).some(({ type }) => type === "unicast")) this.#routes.changed(0);
    if (this.#gone.size === 0) return;
    const leavesWithGone = ({ source }: Route) => source !== undefined && this.#gone.has(source);
    for (const [linkIndex, routes] of this.#routes.lastReadByLink) {
      if (routes.some(leavesWithGone)) this.#routes.changed(linkIndex);
    }
    this.#gone.clear();
  }

  #missSource(address: string): void {
    this.#gone.add(address);
    if (this.#gone.size <= mostGone) return;
    this.#gone.clear();
    this.#routes.lost();
  }
}

function readLinks(socket: NetlinkSocket): Link[] {
  const describe = () => "Cannot list the links";
  const body = Buffer.concat([interfaceHeader.encode(), withoutStatistics]);
  return decoded(socket.dump({ type: RouteMessage.getLink, body, describe }), decodeLink);
}

function readLink(socket: NetlinkSocket, index: number): Link[] {
  const describe = () => `Cannot read the link ${index}`;
  const body = Buffer.concat([interfaceHeader.encode({ index }), withoutStatistics]);
  return unlessGone(() => decoded(socket.request({ type: RouteMessage.getLink, body, describe }), decodeLink));
}

/** @param linkIndex 0 for all */
function readAddresses(socket: NetlinkSocket, linkIndex: number): NetlinkMessage[] {
  const describe = () => "Cannot list the addresses";
  return socket.dump({ type: RouteMessage.getAddress, body: addressHeader.encode({ linkIndex }), describe });
}

const describeRoutes = () => "Cannot list the routes";

const readRoutes = (socket: NetlinkSocket): NetlinkMessage[] =>
  socket.dump({ type: RouteMessage.getRoute, body: routeHeader.encode(), describe: describeRoutes });

function readRoutesOf(socket: NetlinkSocket, linkIndex: number): NetlinkMessage[] {
  const filter = encodeAttributes([[RouteAttribute.outInterface, linkIndex]]);
  return [AddressFamily.inet4, AddressFamily.inet6].flatMap((family) => {
    const body = Buffer.concat([routeHeader.encode({ family }), filter]);
    return socket.dump({ type: RouteMessage.getRoute, body, describe: describeRoutes });
  });
}

/** What is asked about a link that there is not any more is answered by an error. */
function unlessGone<T>(read: () => T[]): T[] {
  try {
    return read();
  } catch (thrown) {
    if (thrown instanceof NetlinkError && thrown.errno === Errno.ENODEV) return [];
    throw thrown;
  }
}

export function decoded<T>(messages: readonly NetlinkMessage[], decode: (body: Uint8Array) => T | undefined): T[] {
  return messages.flatMap(({ body }) => decode(body) ?? []);
}
