import { Failure } from "../errors/failure.ts";

/** Universal tags this room meets, ITU-T X.690. Constructed types carry the 0x20 bit, as on the wire. */
export const DerTag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  printableString: 0x13,
  teletexString: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const;

/** One element: its tag byte, what it contains, and the whole encoding (what signatures are made over). */
export interface DerElement {
  readonly tag: number;
  readonly contents: Uint8Array;
  readonly encoding: Uint8Array;
}

/** Encodes one element around its contents. */
export function der(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const length = contents.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([Uint8Array.of(tag, ...lengthBytes(length)), ...contents]);
}

export const sequence = (...contents: readonly Uint8Array[]): Uint8Array => der(DerTag.sequence, ...contents);

/** A context-specific element, `[number]` in ASN.1; constructed ones wrap other elements. */
export const tagged = (number: number, constructed: boolean, ...contents: readonly Uint8Array[]): Uint8Array =>
  der(0x80 | (constructed ? 0x20 : 0) | number, ...contents);

/** A non-negative INTEGER from its big-endian bytes. */
export function integer(bytes: Uint8Array): Uint8Array {
  const first = bytes.findIndex((byte) => byte !== 0);
  const minimal = first < 0 ? Uint8Array.of(0) : bytes.subarray(first);
  const leading = minimal[0] ?? 0;
  // Without a leading zero a set top bit would make the number negative.
  return leading & 0x80 ? der(DerTag.integer, Uint8Array.of(0), minimal) : der(DerTag.integer, minimal);
}

/** A BIT STRING; `unusedBits` of the last byte do not count. */
export const bitString = (bytes: Uint8Array, unusedBits = 0): Uint8Array =>
  der(DerTag.bitString, Uint8Array.of(unusedBits), bytes);

/**
 * Reads the one element that fills `bytes`.
 * @throws Failure when the encoding is not DER or something follows the element.
 */
export function readDer(bytes: Uint8Array): DerElement {
  const element = readAt(bytes, 0);
  if (element.encoding.length !== bytes.length) {
    throw new Failure(`Cannot read DER: ${bytes.length - element.encoding.length} bytes follow the value`);
  }
  return element;
}

/** Walks the elements inside a constructed one. */
export class DerCursor {
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(parent: DerElement | Uint8Array) {
    this.#bytes = parent instanceof Uint8Array ? parent : parent.contents;
  }

  get done(): boolean {
    return this.#offset >= this.#bytes.length;
  }

  /** The tag of the element that `next` would return. */
  get tag(): number | undefined {
    return this.#bytes[this.#offset];
  }

  /** @throws Failure at the end, or when `tag` is given and another is found. */
  next(tag?: number): DerElement {
    const element = readAt(this.#bytes, this.#offset);
    if (tag !== undefined && element.tag !== tag) {
      throw new Failure(`Cannot read DER: expected tag 0x${tag.toString(16)}, found 0x${element.tag.toString(16)}`);
    }
    this.#offset += element.encoding.length;
    return element;
  }

  /** The next element if it has this tag; otherwise nothing is consumed. */
  optional(tag: number): DerElement | undefined {
    return this.tag === tag ? this.next() : undefined;
  }

  *rest(): Generator<DerElement> {
    while (!this.done) yield this.next();
  }
}

function lengthBytes(length: number): readonly number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [0x80 | bytes.length, ...bytes];
}

function readAt(bytes: Uint8Array, start: number): DerElement {
  const tag = byteAt(bytes, start);
  if ((tag & 0x1f) === 0x1f) throw new Failure("Cannot read DER: tag numbers over 30 are not supported");
  const first = byteAt(bytes, start + 1);
  const { length, header } = first < 0x80 ? { length: first, header: 2 } : longLength(bytes, start, first & 0x7f);
  const end = start + header + length;
  if (end > bytes.length) throw new Failure(`Cannot read DER: the value is cut off ${end - bytes.length} bytes early`);
  return { tag, contents: bytes.subarray(start + header, end), encoding: bytes.subarray(start, end) };
}

function longLength(bytes: Uint8Array, start: number, count: number): { length: number; header: number } {
  // Zero means "indefinite", which is BER only; more than four bytes would be over 4 GiB.
  if (count === 0 || count > 4) throw new Failure(`Cannot read DER: a length of ${count} bytes is not allowed`);
  let length = 0;
  for (let index = 0; index < count; index += 1) length = length * 256 + byteAt(bytes, start + 2 + index);
  if (length < 0x80 || length < 256 ** (count - 1)) throw new Failure("Cannot read DER: a length is not minimal");
  return { length, header: 2 + count };
}

function byteAt(bytes: Uint8Array, offset: number): number {
  const byte = bytes[offset];
  if (byte === undefined) throw new Failure("Cannot read DER: the value is cut off");
  return byte;
}
