import type { Socket } from "node:net";
import { Duplex } from "node:stream";

/** What grpc-go puts in the pings by which it measures bandwidth. */
const bandwidthPing = Buffer.from("02041010090e0707", "hex");

const headerBytes = 9;
const pingType = 6;
const acknowledge = 1;
const pingBytes = headerBytes + bandwidthPing.length;

/**
 * A socket without the pings by which a grpc-go peer measures bandwidth. A peer that gets no answer to them keeps the
 * windows it began with.
 *
 * Bun 1.4.5 must not see windows grow: when SETTINGS raise the initial window it takes, for a stream that is open,
 * the larger of that and the credit of the stream's whole life, where it should add the difference. Sooner or later
 * the peer thinks that it has given credit which Bun does not know of, and both wait. ping-filter.test.ts shows it.
 *
 * @param skipBytes bytes before the first frame: a server's connection begins with a preface of 24.
 */
export function withoutBandwidthPings(socket: Socket, skipBytes: 0 | 24): Duplex {
  return new PingFilter(socket, skipBytes);
}

class PingFilter extends Duplex {
  readonly #socket: Socket;
  /** Bytes up to the next frame header. */
  #skip: number;
  /** The start of a frame that has not come whole, as far as needed to know what it is. */
  #held: Buffer = Buffer.alloc(0);

  constructor(socket: Socket, skipBytes: number) {
    super();
    this.#socket = socket;
    this.#skip = skipBytes;
    socket.on("data", (chunk: Buffer) => this.#take(chunk));
    socket.on("end", () => this.push(null));
    socket.on("error", (error) => this.destroy(error));
    socket.on("close", () => this.destroy());
  }

  #take(chunk: Buffer): void {
    const bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    let at = Math.min(this.#skip, bytes.length);
    let from = 0;
    this.#skip -= at;
    while (bytes.length - at >= headerBytes) {
      const length = bytes.readUIntBE(at, 3);
      const isRequest = ((bytes[at + 4] ?? 0) & acknowledge) === 0;
      const isPing = bytes[at + 3] === pingType && isRequest && length === bandwidthPing.length;
      if (isPing && bytes.length - at < pingBytes) break;
      if (isPing && bandwidthPing.equals(bytes.subarray(at + headerBytes, at + pingBytes))) {
        this.#pass(bytes.subarray(from, at));
        at += pingBytes;
        from = at;
        continue;
      }
      const end = at + headerBytes + length;
      at = Math.min(end, bytes.length);
      this.#skip = end - at;
    }
    this.#pass(bytes.subarray(from, at));
    this.#held = Buffer.from(bytes.subarray(at));
  }

  #pass(bytes: Buffer): void {
    if (bytes.length > 0 && !this.push(bytes)) this.#socket.pause();
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, encoding, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#socket.end(done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }
}
