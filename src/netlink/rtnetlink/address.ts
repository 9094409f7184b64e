import { decodeAddress, type InternetFamily, internetFamily } from "../../linux/internet-address.ts";
import { struct, u8, u32 } from "../../linux/struct.ts";
import { Attributes } from "../attribute.ts";
import { AddressAttribute, nameOf, RouteScope } from "./constants.ts";

/** struct ifaddrmsg, <linux/if_addr.h>. */
export const addressHeader = struct({ family: u8, prefixLength: u8, flags: u8, scope: u8, linkIndex: u32 });
/** struct ifa_cacheinfo, <linux/if_addr.h>: seconds, and hundredths of them since boot. */
export const addressLifetime = struct({ preferred: u32, valid: u32, created: u32, updated: u32 });
/** A lifetime without end. */
export const foreverSeconds = 0xffffffff;

/** An address of an interface. */
export interface LinkAddress {
  readonly linkIndex: number;
  readonly family: InternetFamily;
  /** With the length of its network: `10.0.2.15/24`. */
  readonly prefix: string;
  readonly address: string;
  readonly prefixLength: number;
  /** The other end of a point-to-point link, when there is one. */
  readonly peer: string | undefined;
  readonly broadcast: string | undefined;
  readonly label: string | undefined;
  readonly scope: keyof typeof RouteScope;
  /** AddressFlag values, or-ed. */
  readonly flags: number;
  readonly validSeconds: number;
  readonly preferredSeconds: number;
  /** Metric of the route to its network; 0 is the kernel's usual one. */
  readonly routePriority: number;
}

/** Reads the body of an RTM_NEWADDR or RTM_DELADDR; undefined for other families than IPv4 and IPv6. */
export function decodeLinkAddress(body: Uint8Array): LinkAddress | undefined {
  if (body.length < addressHeader.size) return undefined;
  const header = addressHeader.decode(body);
  const family = internetFamily(header.family);
  const attributes = new Attributes(body, addressHeader.size);
  const text = (type: number) => decodeAddress(attributes.bytes(type) ?? new Uint8Array(0));
  const far = text(AddressAttribute.address);
  // On point-to-point links "address" is the other end; elsewhere both are the same or only it is there.
  const address = text(AddressAttribute.local) ?? far;
  if (family === undefined || address === undefined) return undefined;
  const cache = attributes.bytes(AddressAttribute.cacheInfo);
  const lifetime = cache?.length === addressLifetime.size ? addressLifetime.decode(cache) : undefined;
  return {
    linkIndex: header.linkIndex,
    family,
    prefix: `${address}/${header.prefixLength}`,
    address,
    prefixLength: header.prefixLength,
    peer: far === address ? undefined : far,
    broadcast: text(AddressAttribute.broadcast),
    label: attributes.text(AddressAttribute.label),
    scope: nameOf(RouteScope, header.scope) ?? "global",
    flags: attributes.number(AddressAttribute.flags) ?? header.flags,
    validSeconds: lifetime?.valid ?? foreverSeconds,
    preferredSeconds: lifetime?.preferred ?? foreverSeconds,
    routePriority: attributes.number(AddressAttribute.routePriority) ?? 0,
  };
}
