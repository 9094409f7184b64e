import { Failure } from "../../errors/failure.ts";
import { fileHeaderBytes, magic, type PcapPacket, packetHeaderBytes } from "./file.ts";

const nanosecondMagic = 0xa1b23c4d;
/** Packets are at most this long, whatever a header says: what is longer is no capture. */
const longestPacket = 1_024 * 1_024;

/**
 * Takes a capture file apart as it comes in, in either order of bytes and either unit of time.
 * @throws Failure where it is no capture file, or where a packet's header makes no sense
 */
export class PcapReader {
  #pending: Buffer = Buffer.alloc(0);
  #format: { readonly view: (buffer: Buffer, at: number) => number; readonly unitNs: number } | undefined;
  #linkType = 0;

  /** As the file's header has it; 0 before that has come. */
  get linkType(): number {
    return this.#linkType;
  }

  /** The packets that are whole with these bytes. */
  push(bytes: Uint8Array): PcapPacket[] {
    this.#pending = this.#pending.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#pending, bytes]);
    this.#format ??= this.#readFileHeader();
    const packets: PcapPacket[] = [];
    let at = 0;
    for (let packet = this.#packetAt(at); packet !== undefined; packet = this.#packetAt(at)) {
      packets.push(packet);
      at += packetHeaderBytes + packet.bytes.length;
    }
    this.#pending = this.#pending.subarray(at);
    return packets;
  }

  #readFileHeader() {
    if (this.#pending.length < fileHeaderBytes) return undefined;
    const format = formatOf(this.#pending);
    this.#linkType = format.view(this.#pending, 20) & 0x0fff_ffff;
    this.#pending = this.#pending.subarray(fileHeaderBytes);
    return format;
  }

  #packetAt(at: number): PcapPacket | undefined {
    if (this.#format === undefined || this.#pending.length < at + packetHeaderBytes) return undefined;
    const { view, unitNs } = this.#format;
    const [seconds = 0, fraction = 0, captured = 0, wireLength = 0] = [0, 4, 8, 12].map((offset) =>
      view(this.#pending, at + offset),
    );
    if (captured > longestPacket) throw new Failure(`Cannot read the capture: it has a packet of ${captured} bytes`);
    const start = at + packetHeaderBytes;
    if (this.#pending.length < start + captured) return undefined;
    const bytes = this.#pending.subarray(start, start + captured);
    return { seconds, nanoseconds: fraction * unitNs, wireLength, bytes };
  }
}

function formatOf(header: Buffer) {
  const little = (buffer: Buffer, at: number) => buffer.readUInt32LE(at);
  const big = (buffer: Buffer, at: number) => buffer.readUInt32BE(at);
  for (const view of [little, big]) {
    const found = view(header, 0);
    if (found === magic || found === nanosecondMagic) return { view, unitNs: found === magic ? 1_000 : 1 };
  }
  throw new Failure("Cannot read the capture: it does not begin as a capture file does");
}
