import { decodeAddress, type InternetFamily, internetFamily } from "../../linux/internet-address.ts";
import { i32, struct, u8, u16 } from "../../linux/struct.ts";
import { Attributes } from "../attribute.ts";
import { NeighbourAttribute, NeighbourState, nameOf } from "./constants.ts";
import { formatHardwareAddress } from "./link.ts";

/** struct ndmsg, <linux/neighbour.h>. */
export const neighbourHeader = struct({
  family: u8,
  padding1: u8,
  padding2: u16,
  linkIndex: i32,
  state: u16,
  flags: u8,
  type: u8,
});

/** Whose hardware address an address of the same network has: an entry of the ARP or the neighbour discovery table. */
export interface Neighbour {
  readonly linkIndex: number;
  readonly family: InternetFamily;
  readonly address: string;
  /** "" while it is asked for. */
  readonly hardwareAddress: string;
  /** The first that holds of the kernel's states, `none` if no bit is set. */
  readonly state: keyof typeof NeighbourState;
}

/** Reads the body of an RTM_NEWNEIGH or RTM_DELNEIGH; undefined for other families than IPv4 and IPv6. */
export function decodeNeighbour(body: Uint8Array): Neighbour | undefined {
  if (body.length < neighbourHeader.size) return undefined;
  const header = neighbourHeader.decode(body);
  const family = internetFamily(header.family);
  const attributes = new Attributes(body, neighbourHeader.size);
  const address = decodeAddress(attributes.bytes(NeighbourAttribute.destination) ?? new Uint8Array(0));
  if (family === undefined || address === undefined) return undefined;
  return {
    linkIndex: header.linkIndex,
    family,
    address,
    hardwareAddress: formatHardwareAddress(attributes.bytes(NeighbourAttribute.hardwareAddress)),
    state: nameOf(NeighbourState, header.state) ?? "none",
  };
}
