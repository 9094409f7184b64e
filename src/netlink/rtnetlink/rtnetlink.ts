import { Failure } from "../../errors/failure.ts";
import { Errno } from "../../linux/errno.ts";
import { encodeAddress, familyOf, type InternetFamily, splitPrefix } from "../../linux/internet-address.ts";
import { AddressFamily } from "../../linux/socket.ts";
import { type Attribute, encodeAttributes } from "../attribute.ts";
import { MessageFlag } from "../message.ts";
import { NetlinkError } from "../netlink-error.ts";
import { NetlinkSocket } from "../netlink-socket.ts";
import { addressHeader, addressLifetime, foreverSeconds, type LinkAddress } from "./address.ts";
import { type Change, type ChangeKind, watchChanges } from "./changes.ts";
import {
  AddressAttribute,
  InterfaceFlag,
  LinkAttribute,
  LinkInfo,
  nextHopOnLink,
  RouteAttribute,
  RouteMessage,
  RouteProtocol,
  RouteScope,
  RouteTable,
  RouteType,
} from "./constants.ts";
import { decoded, KernelTables, withoutStatistics } from "./kernel-tables.ts";
import { decodeLink, interfaceHeader, type Link, parseHardwareAddress } from "./link.ts";
import { decodeNeighbour, type Neighbour, neighbourHeader } from "./neighbour.ts";
import type { NoticeKind } from "./notices.ts";
import { type Route, routeHeader } from "./route.ts";
import { decodeRule, encodeRule, type Rule, type RuleSpec, ruleHeader } from "./rule.ts";

/** An interface, by index or by name. */
export type LinkReference = number | string;

export interface LinkChange {
  readonly up?: boolean;
  readonly mtu?: number;
  readonly name?: string;
  readonly hardwareAddress?: string;
  /** Index of a bridge or bond to join; 0 leaves it. */
  readonly masterIndex?: number;
  readonly multicast?: boolean;
  /** A text for people, and another name of the link in our configuration; "" takes it away. */
  readonly alias?: string;
  /** Settings of its kind, which has to be said with them. */
  readonly kind?: string;
  readonly settings?: readonly Attribute[];
  /** An open descriptor of the network namespace to move the link into, `/proc/7/ns/net`. */
  readonly namespaceFile?: number;
}

export interface NewLink {
  readonly name: string;
  /** `dummy`, `bridge`, `veth`, … */
  readonly kind: string;
  /** The other end of a veth. */
  readonly peerName?: string;
  /** Index of the link that a VLAN is on. */
  readonly parentIndex?: number;
  /** Settings of its kind, from `encodeSettings`. */
  readonly settings?: readonly Attribute[];
  readonly hardwareAddress?: string;
}

export interface NewAddress {
  readonly broadcast?: string;
  readonly label?: string;
  readonly scope?: keyof typeof RouteScope;
  /** Without end by default; then the kernel removes the address. */
  readonly validSeconds?: number;
  /** Until then the address is used for new connections. */
  readonly preferredSeconds?: number;
  /** AddressFlag values, or-ed. */
  readonly flags?: number;
  /** Metric of the route to its network. */
  readonly routePriority?: number;
}

export interface RouteSpec {
  /** `10.0.0.0/8`; left out: the default route. */
  readonly destination?: string;
  readonly gateway?: string;
  readonly link?: LinkReference;
  /** Needed only where neither destination nor gateway tells. */
  readonly family?: InternetFamily;
  readonly source?: string;
  readonly metric?: number;
  /** 254, the main one, by default. */
  readonly table?: number;
  readonly protocol?: keyof typeof RouteProtocol;
  readonly type?: keyof typeof RouteType;
  readonly scope?: keyof typeof RouteScope;
  readonly mtu?: number;
  /** The gateway is reachable though no route says so. */
  readonly onLink?: boolean;
}

const absent: ReadonlySet<number> = new Set([Errno.ENODEV, Errno.EINVAL]);
/** IFNAMSIZ of <linux/if.h>, without the NUL. */
const longestName = 15;
const routeFamily = 0; // NETLINK_ROUTE
const { append, create, exclusive, replace } = MessageFlag;

/**
 * Links, addresses, routes, rules and neighbours of the network namespace of the thread that creates it, rtnetlink(7). Requests return
 * when the kernel has done them; they throw NetlinkError.
 */
export class Rtnetlink implements Disposable {
  readonly #socket = new NetlinkSocket(routeFamily);
  readonly #tables: KernelTables;
  /** How many changes were asked for here: what was read before the last one may be old. */
  changesAsked = 0;

  constructor() {
    this.#socket.checkStrictly();
    this.#tables = new KernelTables(this.#socket);
  }

  [Symbol.dispose](): void {
    this.#socket[Symbol.dispose]();
    this.#tables[Symbol.dispose]();
  }

  /**
   * All links, in order of their indexes. Many ask at each change, so only those are read anew that the kernel told
   * something of, and each that is as it was stays the same object. So does the list, when all are as they were.
   */
  links(): readonly Link[] {
    return this.#tables.links();
  }

  /** The link, or undefined when there is none of that index or name. */
  link(reference: LinkReference): Link | undefined {
    const isNumber = typeof reference === "number";
    if (!isNumber && Buffer.byteLength(reference) > longestName) return undefined;
    const header = interfaceHeader.encode(isNumber ? { index: reference } : {});
    const name = encodeAttributes([[LinkAttribute.name, isNumber ? undefined : reference]]);
    const describe = () => `Cannot read the link ${reference}`;
    const body = Buffer.concat([header, name, withoutStatistics]);
    const request = { type: RouteMessage.getLink, body, describe };
    try {
      return decoded(this.#socket.request(request), decodeLink)[0];
    } catch (thrown) {
      if (thrown instanceof NetlinkError && absent.has(thrown.errno)) return undefined;
      throw thrown;
    }
  }

  /** As `links`, in order of their links. How long they are valid is as of when they were read. */
  addresses(): readonly LinkAddress[] {
    return this.#tables.addresses().read();
  }

  /**
   * As `addresses`, by their links' indexes: a link's list stays the same while its addresses do. The map is only good
   * until the next reading.
   */
  addressesByLink(): ReadonlyMap<number, readonly LinkAddress[]> {
    return this.#tables.addresses().readByLink();
  }

  /** As `links`, in order of the links that they lead out of. */
  routes(): readonly Route[] {
    return this.#tables.routes().read();
  }

  /** As `addressesByLink`, by the links that routes lead out of; 0 for those that lead out of none or several. */
  routesByLink(): ReadonlyMap<number, readonly Route[]> {
    return this.#tables.routes().readByLink();
  }

  /** Which tables decide about which packets, in the order they are asked. */
  rules(): Rule[] {
    const describe = () => "Cannot list the routing rules";
    const request = { type: RouteMessage.getRule, body: ruleHeader.encode(), describe };
    return decoded(this.#socket.dump(request), decodeRule).sort((a, b) => a.priority - b.priority);
  }

  /** Whose hardware addresses the kernel knows, or asks for. */
  neighbours(): Neighbour[] {
    const describe = () => "Cannot list the neighbours";
    const request = { type: RouteMessage.getNeighbour, body: neighbourHeader.encode(), describe };
    return decoded(this.#socket.dump(request), decodeNeighbour);
  }

  setLinkUp(link: LinkReference, up = true): void {
    this.setLink(link, { up });
  }

  setLink(link: LinkReference, change: LinkChange): void {
    const { up, mtu, name, hardwareAddress, masterIndex, multicast, alias, kind, settings, namespaceFile } = change;
    const index = this.#index(link);
    const header = interfaceHeader.encode({
      index,
      flags: (up === true ? InterfaceFlag.up : 0) | (multicast === true ? InterfaceFlag.multicast : 0),
      change: (up === undefined ? 0 : InterfaceFlag.up) | (multicast === undefined ? 0 : InterfaceFlag.multicast),
    });
    const attributes = encodeAttributes([
      [LinkAttribute.mtu, mtu],
      [LinkAttribute.name, name],
      [
        LinkAttribute.hardwareAddress,
        hardwareAddress === undefined ? undefined : parseHardwareAddress(hardwareAddress),
      ],
      [LinkAttribute.master, masterIndex],
      // Without a NUL: the kernel counts it, and an alias of none is how one is taken away.
      [LinkAttribute.alias, alias === undefined ? undefined : Buffer.from(alias)],
      [LinkAttribute.namespaceFile, namespaceFile],
      [LinkAttribute.info, kind === undefined ? undefined : linkInfo(kind, undefined, settings)],
    ]);
    try {
      this.#change(RouteMessage.newLink, 0, header, attributes, () => `Cannot change the link ${link}`);
    } finally {
      this.#tables.asked(index, masterIndex);
    }
  }

  createLink({ name, kind, peerName, parentIndex, settings, hardwareAddress }: NewLink): void {
    const attributes = encodeAttributes([
      [LinkAttribute.name, name],
      [LinkAttribute.parent, parentIndex],
      [
        LinkAttribute.hardwareAddress,
        hardwareAddress === undefined ? undefined : parseHardwareAddress(hardwareAddress),
      ],
      [LinkAttribute.info, linkInfo(kind, peerName, settings)],
    ]);
    const describe = () => `Cannot create the ${kind} link "${name}"`;
    this.#change(RouteMessage.newLink, create | exclusive, interfaceHeader.encode(), attributes, describe);
  }

  deleteLink(link: LinkReference): void {
    const header = interfaceHeader.encode({ index: this.#index(link) });
    this.#change(RouteMessage.deleteLink, 0, header, new Uint8Array(0), () => `Cannot delete the link ${link}`);
  }

  /** Adds an address, or changes the lifetimes and flags of one that is there. `prefix`: `192.0.2.7/24`. */
  addAddress(link: LinkReference, prefix: string, options: NewAddress = {}): void {
    const { broadcast, label, flags, routePriority, scope = "global" } = options;
    const { header, address } = this.#addressOf(link, prefix, RouteScope[scope]);
    const { validSeconds = foreverSeconds, preferredSeconds = validSeconds } = options;
    const attributes = encodeAttributes([
      [AddressAttribute.local, address],
      [AddressAttribute.address, address],
      [AddressAttribute.broadcast, broadcast === undefined ? undefined : encodeAddress(broadcast)],
      [AddressAttribute.label, label],
      [AddressAttribute.flags, flags],
      [AddressAttribute.routePriority, routePriority],
      [AddressAttribute.cacheInfo, addressLifetime.encode({ valid: validSeconds, preferred: preferredSeconds })],
    ]);
    const describe = () => `Cannot add the address ${prefix} to the link ${link}`;
    this.#change(RouteMessage.newAddress, create | replace, header, attributes, describe);
  }

  removeAddress(link: LinkReference, prefix: string): void {
    const { header, address } = this.#addressOf(link, prefix, 0);
    const attributes = encodeAttributes([[AddressAttribute.local, address]]);
    const describe = () => `Cannot remove the address ${prefix} from the link ${link}`;
    this.#change(RouteMessage.deleteAddress, 0, header, attributes, describe);
  }

  /** Adds a route, or changes the one with the same destination, table and metric. */
  addRoute(route: RouteSpec): void {
    const { header, attributes } = this.#routeOf(route);
    const describe = () => `Cannot add the route to ${route.destination ?? "everywhere"}`;
    this.#change(RouteMessage.newRoute, create | replace, header, attributes, describe);
  }

  /**
   * Adds a route and leaves others alone: of IPv4 behind those with the same destination, table and metric.
   * @throws NetlinkError with EEXIST when there is this very route; of IPv6, which would join them into one, also when
   * there is another of them
   */
  appendRoute(route: RouteSpec): void {
    const { header, attributes } = this.#routeOf(route);
    const isInet6 = routeHeader.decode(header).family === AddressFamily.inet6;
    const describe = () => `Cannot add the route to ${route.destination ?? "everywhere"}`;
    this.#change(RouteMessage.newRoute, create | (isInet6 ? exclusive : append), header, attributes, describe);
  }

  removeRoute(route: RouteSpec): void {
    const { header, attributes } = this.#routeOf(route);
    const describe = () => `Cannot remove the route to ${route.destination ?? "everywhere"}`;
    this.#change(RouteMessage.deleteRoute, 0, header, attributes, describe);
  }

  /** @throws NetlinkError with EEXIST when there is one of this kind */
  addRule(rule: RuleSpec): void {
    const describe = () => `Cannot add the routing rule of priority ${rule.priority}`;
    this.#socket.request({ type: RouteMessage.newRule, flags: create | exclusive, body: encodeRule(rule), describe });
  }

  removeRule(rule: RuleSpec): void {
    const describe = () => `Cannot remove the routing rule of priority ${rule.priority}`;
    this.#socket.request({ type: RouteMessage.deleteRule, body: encodeRule(rule), describe });
  }

  /** What changes from now on, until `signal` aborts. After a `resync` read everything again: events were lost. */
  changes(kinds: readonly ChangeKind[], signal: AbortSignal): AsyncIterable<Change> {
    return watchChanges(kinds, signal);
  }

  /**
   * An item each time that the kernel told of something of these kinds since the one before, until `signal` aborts: what,
   * the lists say.
   */
  news(kinds: readonly NoticeKind[], signal: AbortSignal): AsyncIterable<void> {
    return this.#tables.listen(kinds, signal);
  }

  #index(link: LinkReference): number {
    if (typeof link === "number") return link;
    const found = this.link(link);
    if (found === undefined) throw new Failure(`Cannot find the link "${link}"`);
    return found.index;
  }

  #addressOf(link: LinkReference, prefix: string, scope: number): { header: Uint8Array; address: Uint8Array } {
    const { address, length } = splitPrefix(prefix);
    const family = AddressFamily[familyOf(address)];
    const header = addressHeader.encode({ family, prefixLength: length, scope, linkIndex: this.#index(link) });
    return { header, address: encodeAddress(address) };
  }

  #routeOf(route: RouteSpec): { header: Uint8Array; attributes: Uint8Array } {
    const { destination, gateway, link, source, metric, mtu, type = "unicast", table = RouteTable.main } = route;
    const target = destination === undefined ? undefined : splitPrefix(destination);
    const family = route.family ?? familyOf(destination ?? gateway ?? source ?? "");
    const header = routeHeader.encode({
      family: AddressFamily[family],
      destinationLength: target?.length ?? 0,
      // Tables above 255 only fit the attribute.
      table: table < 256 ? table : RouteTable.unspecified,
      protocol: RouteProtocol[route.protocol ?? "static"],
      scope: RouteScope[route.scope ?? defaultScope(route)],
      type: RouteType[type],
      flags: route.onLink === true ? nextHopOnLink : 0,
    });
    const optional = (text: string | undefined) => (text === undefined ? undefined : encodeAddress(text));
    const attributes = encodeAttributes([
      [RouteAttribute.destination, target?.length === 0 ? undefined : optional(target?.address)],
      [RouteAttribute.gateway, optional(gateway)],
      [RouteAttribute.preferredSource, optional(source)],
      [RouteAttribute.outInterface, link === undefined ? undefined : this.#index(link)],
      [RouteAttribute.priority, metric],
      [RouteAttribute.table, table],
      [RouteAttribute.metrics, mtu === undefined ? undefined : [[RouteAttribute.mtu, mtu]]],
    ]);
    return { header, attributes };
  }

  #change(type: number, flags: number, header: Uint8Array, attributes: Uint8Array, describe: () => string): void {
    this.changesAsked += 1;
    this.#socket.request({ type, flags, body: Buffer.concat([header, attributes]), describe });
  }
}

/** A route without a gateway leads to neighbours; one of type local, to ourselves. */
function defaultScope({ gateway, type, destination, family }: RouteSpec): keyof typeof RouteScope {
  if (type === "local") return "host";
  const isInet6 = family === "inet6" || destination?.includes(":") === true;
  return gateway === undefined && !isInet6 && (type ?? "unicast") === "unicast" ? "link" : "global";
}

function linkInfo(
  kind: string,
  peerName: string | undefined,
  settings: readonly Attribute[] = [],
): readonly Attribute[] {
  if (peerName === undefined && settings.length === 0) return [[LinkInfo.kind, kind]];
  if (peerName === undefined) {
    return [
      [LinkInfo.kind, kind],
      [LinkInfo.data, settings],
    ];
  }
  const peer = Buffer.concat([interfaceHeader.encode(), encodeAttributes([[LinkAttribute.name, peerName]])]);
  return [
    [LinkInfo.kind, kind],
    [LinkInfo.data, [[LinkInfo.vethPeer, peer]]],
  ];
}
