/** Link types of a capture file, https://www.tcpdump.org/linktypes.html. */
export const LinkType = { ethernet: 1, raw: 101 } as const;
export type LinkType = (typeof LinkType)[keyof typeof LinkType];

/** Bytes of the file's header, and of each packet's. */
export const fileHeaderBytes = 24;
export const packetHeaderBytes = 16;

/** Says the order of the bytes and the unit of times: microseconds. */
export const magic = 0xa1b2c3d4;
const version = [2, 4] as const;

/** A packet of a capture file. */
export interface PcapPacket {
  /** Of the moment since 1970. */
  readonly seconds: number;
  readonly nanoseconds: number;
  /** Bytes it had on the wire; here there may be fewer. */
  readonly wireLength: number;
  readonly bytes: Uint8Array;
}

/**
 * The header of a capture file, draft-ietf-opsawg-pcap.
 * @param snapLength bytes that no packet exceeds.
 */
export function encodeFileHeader(linkType: LinkType, snapLength: number): Uint8Array {
  const header = Buffer.alloc(fileHeaderBytes);
  header.writeUInt32LE(magic, 0);
  header.writeUInt16LE(version[0], 4);
  header.writeUInt16LE(version[1], 6);
  header.writeUInt32LE(snapLength, 16);
  header.writeUInt32LE(linkType, 20);
  return header;
}

/** Packets one after another, each behind its header. */
export function encodePackets(packets: readonly PcapPacket[]): Uint8Array {
  return Buffer.concat(packets.flatMap(({ bytes, ...packet }) => [packetHeader(packet, bytes.length), bytes]));
}

function packetHeader({ seconds, nanoseconds, wireLength }: Omit<PcapPacket, "bytes">, captured: number): Uint8Array {
  const header = Buffer.alloc(packetHeaderBytes);
  header.writeUInt32LE(seconds >>> 0, 0);
  header.writeUInt32LE(Math.floor(nanoseconds / 1_000), 4);
  header.writeUInt32LE(captured, 8);
  header.writeUInt32LE(wireLength, 12);
  return header;
}
