import { Failure } from "../../errors/failure.ts";
import { WireType } from "./writer.ts";

const utf8 = new TextDecoder();

/** Reads protobuf's wire format. Every method throws a Failure when the bytes end early or make no sense. */
export class WireReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** The next field's number and wire type. */
  tag(): { readonly field: number; readonly type: number } {
    const tag = this.uint();
    const field = Math.floor(tag / 8);
    if (field === 0 || field >= 2 ** 29) throw new Failure(`Cannot decode a message: ${field} is not a field number`);
    return { field, type: tag % 8 };
  }

  /** An unsigned varint; exact up to 2^53. */
  uint(): number {
    let value = 0;
    let scale = 1;
    for (let count = 0; count < 10; count += 1) {
      const byte = this.#byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 0x80;
    }
    throw new Failure("Cannot decode a message: a number is longer than 64 bits");
  }

  /** A signed varint; exact from -2^53 to 2^53. */
  int(): number {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return Number(BigInt.asIntN(64, value));
    }
    throw new Failure("Cannot decode a message: a number is longer than 64 bits");
  }

  double(): number {
    const bytes = this.#take(8);
    return new DataView(bytes.buffer, bytes.byteOffset, 8).getFloat64(0, true);
  }

  /** A view into the message, not a copy. */
  bytes(): Uint8Array {
    return this.#take(this.uint());
  }

  string(): string {
    return utf8.decode(this.bytes());
  }

  /** Passes over a field that we do not know. */
  skip(type: number): void {
    if (type === WireType.varint) this.int();
    else if (type === WireType.fixed64) this.#take(8);
    else if (type === WireType.bytes) this.bytes();
    else if (type === WireType.fixed32) this.#take(4);
    else throw new Failure(`Cannot decode a message: ${type} is not a wire type`);
  }

  #byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw new Failure("Cannot decode a message: it ends early");
    this.#at += 1;
    return byte;
  }

  #take(length: number): Uint8Array {
    if (length > this.#bytes.length - this.#at) throw new Failure("Cannot decode a message: it ends early");
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
}
