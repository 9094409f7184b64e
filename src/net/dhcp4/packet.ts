import { decodeInet4, encodeInet4 } from "./message.ts";

export const serverPort = 67;
export const clientPort = 68;

const ipHeaderSize = 20;
const udpHeaderSize = 8;
const udpProtocol = 17;
const fragmentMask = 0x3fff;

/** A UDP datagram of DHCP. */
export interface DhcpPacket {
  readonly source: string;
  readonly destination: string;
  readonly payload: Uint8Array;
}

/** The IPv4 packet of a client's datagram, RFC 791 and 768; the kernel adds the Ethernet header. */
export function encodePacket({ source, destination, payload }: DhcpPacket): Uint8Array {
  const packet = new Uint8Array(ipHeaderSize + udpHeaderSize + payload.length);
  const view = new DataView(packet.buffer);
  packet[0] = 0x45;
  view.setUint16(2, packet.length);
  packet[8] = 64;
  packet[9] = udpProtocol;
  packet.set(encodeInet4(source), 12);
  packet.set(encodeInet4(destination), 16);
  view.setUint16(10, checksum(packet.subarray(0, ipHeaderSize)));
  view.setUint16(20, clientPort);
  view.setUint16(22, serverPort);
  view.setUint16(24, udpHeaderSize + payload.length);
  packet.set(payload, ipHeaderSize + udpHeaderSize);
  // Zero means "no checksum": a sum that comes out as zero is sent as its other form.
  view.setUint16(26, udpChecksum(packet, ipHeaderSize) || 0xffff);
  return packet;
}

/**
 * The datagram in an IPv4 packet for a client's port; undefined for all else and for what is damaged.
 */
export function decodePacket(packet: Uint8Array): DhcpPacket | undefined {
  if (packet.length < ipHeaderSize || (packet[0] ?? 0) >> 4 !== 4 || packet[9] !== udpProtocol) return undefined;
  const view = new DataView(packet.buffer, packet.byteOffset, packet.length);
  const headerSize = ((packet[0] ?? 0) & 15) * 4;
  const size = view.getUint16(2);
  if (headerSize < ipHeaderSize || size > packet.length || size < headerSize + udpHeaderSize) return undefined;
  if ((view.getUint16(6) & fragmentMask) !== 0 || checksum(packet.subarray(0, headerSize)) !== 0) return undefined;
  const udpSize = view.getUint16(headerSize + 4);
  if (view.getUint16(headerSize + 2) !== clientPort || udpSize < udpHeaderSize || headerSize + udpSize > size)
    return undefined;
  // A local peer may hand over a packet whose checksum its hardware was to fill in, so a wrong one proves nothing:
  // the client checks the transaction and the hardware address instead.
  const payload = packet.slice(headerSize + udpHeaderSize, headerSize + udpSize);
  return { source: decodeInet4(packet, 12), destination: decodeInet4(packet, 16), payload };
}

function udpChecksum(packet: Uint8Array, headerSize: number): number {
  const udp = packet.subarray(headerSize);
  const pseudoHeader = Uint8Array.from([...packet.subarray(12, 20), 0, udpProtocol, udp.length >> 8, udp.length & 255]);
  return checksum(pseudoHeader, udp);
}

/** The Internet checksum, RFC 1071; 0 over data that includes its own right checksum. */
function checksum(...parts: readonly Uint8Array[]): number {
  let sum = 0;
  for (const part of parts) {
    for (let index = 0; index < part.length; index += 2) sum += ((part[index] ?? 0) << 8) | (part[index + 1] ?? 0);
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return ~sum & 0xffff;
}
