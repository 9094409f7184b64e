import { encodeAddress } from "../linux/internet-address.ts";
import { parseHardwareAddress } from "./rtnetlink/link.ts";

const allNodes = "ff02::1";
/** Where Ethernet carries what is for all nodes of IPv6, RFC 2464 §7. */
export const allNodesStation: Uint8Array = Uint8Array.of(0x33, 0x33, 0, 0, 0, 1);

const headerSize = 40;
const icmp = 58;
/** Packets from further away than the link itself are no advertisements. */
const hopLimit = 255;
const advertisement = 136;
/** What neighbours remember is to be replaced. */
const override = 0x20;
const targetHardware = [2, 1];

/**
 * The packet by which a machine tells its neighbours, unasked, where an IPv6 address is now: RFC 4861 §4.4 within an
 * IPv6 header, RFC 8200 §3.
 */
export function encodeNeighbourAdvertisement(hardwareAddress: string, address: string): Uint8Array {
  const target = encodeAddress(address);
  const hardware = parseHardwareAddress(hardwareAddress);
  const message = Uint8Array.of(advertisement, 0, 0, 0, override, 0, 0, 0, ...target, ...targetHardware, ...hardware);
  const packet = new Uint8Array(headerSize + message.length);
  const view = new DataView(packet.buffer);
  packet[0] = 6 << 4;
  view.setUint16(4, message.length);
  packet.set([icmp, hopLimit], 6);
  packet.set(target, 8);
  packet.set(encodeAddress(allNodes), 24);
  packet.set(message, headerSize);
  view.setUint16(headerSize + 2, checksum(packet));
  return packet;
}

/** RFC 4443 §2.3: over the addresses, the length and the kind of what follows, and the message itself. */
function checksum(packet: Uint8Array): number {
  const view = new DataView(packet.buffer, packet.byteOffset, packet.length);
  let sum = packet.length - headerSize + icmp;
  for (let at = 8; at < packet.length; at += 2) sum += view.getUint16(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
