import { LinkType, type PcapPacket } from "./file.ts";
import { describeInternet } from "./internet.ts";

/** Protocols of a frame, <linux/if_ether.h>. */
const protocols = { inet4: 0x0800, arp: 0x0806, customerVlan: 0x8100, inet6: 0x86dd, serviceVlan: 0x88a8 } as const;

/**
 * One line about a packet: when, between whom, and what, as tcpdump would put it. Bytes may be anything, and fewer than
 * there should be.
 * @param linkType of the capture file.
 */
export function describePacket(packet: PcapPacket, linkType: number): string {
  const bytes = Buffer.from(packet.bytes.buffer, packet.bytes.byteOffset, packet.bytes.byteLength);
  return `${timeOf(packet)} ${describe(bytes, linkType)} (${packet.wireLength} bytes)`;
}

function describe(bytes: Buffer, linkType: number): string {
  try {
    if (linkType === LinkType.ethernet) return describeEthernet(bytes);
    if (linkType === LinkType.raw) return describeInternet(bytes);
    return `a link of type ${linkType}`;
  } catch (thrown) {
    // Reading beyond the end: the capture keeps a part of each packet, and others send what they like.
    if (thrown instanceof RangeError) return "cut off";
    throw thrown;
  }
}

/** Microseconds, as the file has them. */
function timeOf({ seconds, nanoseconds }: PcapPacket): string {
  const micros = Math.floor(nanoseconds / 1_000)
    .toString()
    .padStart(6, "0");
  return `${new Date(seconds * 1_000).toISOString().slice(0, 19)}.${micros}Z`;
}

function describeEthernet(frame: Buffer): string {
  let at = 12;
  let tags = "";
  let protocol = frame.readUInt16BE(at);
  while (protocol === protocols.customerVlan || protocol === protocols.serviceVlan) {
    tags += `VLAN ${frame.readUInt16BE(at + 2) & 0xfff} `;
    at += 4;
    protocol = frame.readUInt16BE(at);
  }
  const rest = frame.subarray(at + 2);
  if (protocol === protocols.inet4 || protocol === protocols.inet6) return tags + describeInternet(rest);
  if (protocol === protocols.arp) return tags + describeArp(rest);
  const stations = `${hardwareAddress(frame, 6)} > ${hardwareAddress(frame, 0)}`;
  // Smaller numbers are a length: then there is another header, of IEEE 802.2.
  const what = protocol < 0x600 ? "802.3" : `protocol 0x${protocol.toString(16).padStart(4, "0")}`;
  return `${tags}${stations}: ${what}`;
}

/** RFC 826, of IPv4 over Ethernet. */
function describeArp(packet: Buffer): string {
  const operation = packet.readUInt16BE(6);
  const [sender, target] = [14, 24].map((at) => [0, 1, 2, 3].map((index) => packet.readUInt8(at + index)).join("."));
  if (operation === 1) return `ARP who has ${target} tell ${sender}`;
  return operation === 2 ? `ARP ${sender} is at ${hardwareAddress(packet, 8)}` : `ARP operation ${operation}`;
}

const hardwareAddress = (bytes: Buffer, at: number): string =>
  [0, 1, 2, 3, 4, 5]
    .map((index) =>
      bytes
        .readUInt8(at + index)
        .toString(16)
        .padStart(2, "0"),
    )
    .join(":");
