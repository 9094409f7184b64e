import { Code, StatusError } from "./status.ts";

/** Largest message either way, as the reference has it: 32 MiB. */
export const maximumMessageBytes = 33_554_432;

/** A flag byte and a 32-bit length. */
const prefixBytes = 5;

/** A message with its prefix, as it travels. Never compressed. */
export function frameMessage(...parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const frame = Buffer.allocUnsafe(prefixBytes + length);
  frame[0] = 0;
  frame.writeUInt32BE(length, 1);
  let at = prefixBytes;
  for (const part of parts) {
    frame.set(part, at);
    at += part.length;
  }
  return frame;
}

/** Cuts a stream of bytes into messages. Holds at most one message of the maximal size. */
export class MessageFramer {
  readonly #maximumBytes: number;
  #chunks: Uint8Array[] = [];
  #held = 0;

  constructor(maximumBytes = maximumMessageBytes) {
    this.#maximumBytes = maximumBytes;
  }

  /** Whether the stream may end here: not within a message. */
  get empty(): boolean {
    return this.#held === 0;
  }

  /**
   * Takes bytes in and gives the messages that they complete.
   * @throws StatusError when a message is too large or compressed.
   */
  *push(chunk: Uint8Array): Generator<Uint8Array, void, undefined> {
    this.#chunks.push(chunk);
    this.#held += chunk.length;
    while (this.#held >= prefixBytes) {
      const prefix = this.#peek(prefixBytes);
      const length = prefix.readUInt32BE(1);
      if (length > this.#maximumBytes) {
        throw new StatusError(
          Code.resourceExhausted,
          `Cannot receive a message of ${length} bytes: the limit is ${this.#maximumBytes}`,
        );
      }
      if (prefix[0] !== 0) throw new StatusError(Code.unimplemented, "Cannot receive a compressed message");
      if (this.#held < prefixBytes + length) return;
      yield this.#peek(prefixBytes + length).subarray(prefixBytes, prefixBytes + length);
      this.#drop(prefixBytes + length);
    }
  }

  /** The first bytes held, in one piece. Joins chunks only when they are needed together, so once per message. */
  #peek(length: number): Buffer {
    const first = this.#chunks[0] ?? new Uint8Array();
    if (first.length < length) {
      // Only as many chunks as the piece needs: joining all of a long backlog again and again would be quadratic.
      let count = 0;
      for (let sum = 0; sum < length; count += 1) sum += this.#chunks[count]?.length ?? length;
      this.#chunks.splice(0, count, Buffer.concat(this.#chunks.slice(0, count)));
    }
    const whole = this.#chunks[0] ?? first;
    return Buffer.from(whole.buffer, whole.byteOffset, whole.byteLength);
  }

  #drop(length: number): void {
    const [first, ...rest] = this.#chunks;
    if (first === undefined) return;
    this.#chunks = first.length === length ? rest : [first.subarray(length), ...rest];
    this.#held -= length;
  }
}
