import { decodeAddress, type InternetFamily, internetFamily } from "../../linux/internet-address.ts";
import { struct, u8, u32 } from "../../linux/struct.ts";
import { Attributes } from "../attribute.ts";
import { nameOf, RouteAttribute, RouteProtocol, RouteScope, RouteTable, RouteType } from "./constants.ts";

/** struct rtmsg, <linux/rtnetlink.h>. */
export const routeHeader = struct({
  family: u8,
  destinationLength: u8,
  sourceLength: u8,
  typeOfService: u8,
  table: u8,
  protocol: u8,
  scope: u8,
  type: u8,
  flags: u32,
});

/** A route of the kernel's tables. Names where the kernel's number has one, else the number as text. */
export interface Route {
  readonly family: InternetFamily;
  /** `10.0.0.0/8`, or undefined for the default route. */
  readonly destination: string | undefined;
  readonly gateway: string | undefined;
  /** The address that packets along this route are sent from. */
  readonly source: string | undefined;
  /** 0 for routes that leave by no interface. */
  readonly linkIndex: number;
  readonly metric: number;
  /** 254 is the main table. */
  readonly table: number;
  readonly tableName: string;
  readonly protocol: string;
  readonly type: string;
  readonly scope: string;
  readonly mtu: number | undefined;
  readonly flags: number;
}

/** Reads the body of an RTM_NEWROUTE or RTM_DELROUTE; undefined for other families than IPv4 and IPv6. */
export function decodeRoute(body: Uint8Array): Route | undefined {
  if (body.length < routeHeader.size) return undefined;
  const header = routeHeader.decode(body);
  const family = internetFamily(header.family);
  if (family === undefined) return undefined;
  const attributes = new Attributes(body, routeHeader.size);
  const text = (type: number) => decodeAddress(attributes.bytes(type) ?? new Uint8Array(0));
  const destination = text(RouteAttribute.destination);
  const table = attributes.number(RouteAttribute.table) ?? header.table;
  return {
    family,
    destination: destination === undefined ? undefined : `${destination}/${header.destinationLength}`,
    gateway: text(RouteAttribute.gateway),
    source: text(RouteAttribute.preferredSource),
    linkIndex: attributes.number(RouteAttribute.outInterface) ?? 0,
    metric: attributes.number(RouteAttribute.priority) ?? 0,
    table,
    tableName: nameOf(RouteTable, table) ?? String(table),
    protocol: nameOf(RouteProtocol, header.protocol) ?? String(header.protocol),
    type: nameOf(RouteType, header.type) ?? String(header.type),
    scope: nameOf(RouteScope, header.scope) ?? String(header.scope),
    mtu: attributes.nested(RouteAttribute.metrics).number(RouteAttribute.mtu),
    flags: header.flags,
  };
}
