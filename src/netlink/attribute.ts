import { struct, u16 } from "../linux/struct.ts";
import { align } from "./message.ts";

/** struct nlattr, <linux/netlink.h>. */
export const attributeHeader = struct({ length: u16, type: u16 });

/** Two high bits of the type say "nested" and "network byte order", NLA_TYPE_MASK. */
export const attributeTypeMask = 0x3fff;
/** NLA_F_NESTED: newer families insist on it, older ones mask it away. */
export const nestedFlag = 0x8000;

/** What an attribute of a request holds: a number is 32 bits, a string ends with NUL, a list nests. */
export type AttributeValue = number | string | Uint8Array | readonly Attribute[];
export type Attribute = readonly [type: number, value: AttributeValue | undefined];

/** Encodes attributes one after the other, each padded; those whose value is undefined are left out. */
export function encodeAttributes(attributes: readonly Attribute[]): Uint8Array {
  return Buffer.concat(attributes.map(([type, value]) => encodeAttribute(type, value)));
}

function encodeAttribute(type: number, value: AttributeValue | undefined): Uint8Array {
  if (value === undefined) return new Uint8Array(0);
  const payload = encodeValue(value);
  const length = attributeHeader.size + payload.length;
  const encoded = new Uint8Array(align(length));
  const isNested = typeof value === "object" && !(value instanceof Uint8Array);
  encoded.set(attributeHeader.encode({ length, type: isNested ? type | nestedFlag : type }));
  encoded.set(payload, attributeHeader.size);
  return encoded;
}

function encodeValue(value: AttributeValue): Uint8Array {
  if (typeof value === "number") return new Uint8Array(new Uint32Array([value]).buffer);
  if (typeof value === "string") return Buffer.from(`${value}\0`);
  return value instanceof Uint8Array ? value : encodeAttributes(value);
}

/**
 * The attributes of a message, by type; of several of one type, the last. A message of a link has fifty, and few are
 * asked for: only their places are noted at first.
 */
export class Attributes {
  readonly #bytes: Uint8Array;
  /** Type, start and end of each. */
  readonly #places: number[] = [];

  /** Reads attributes from `offset` on; ends at the first whose length makes no sense. */
  constructor(bytes: Uint8Array, offset = 0) {
    this.#bytes = bytes;
    let at = offset;
    while (at + attributeHeader.size <= bytes.length) {
      const length = wordAt(bytes, at);
      if (length < attributeHeader.size || at + length > bytes.length) return;
      this.#places.push(wordAt(bytes, at + attributeHeader.offsets.type) & attributeTypeMask);
      this.#places.push(at + attributeHeader.size, at + length);
      at += align(length);
    }
  }

  bytes(type: number): Uint8Array | undefined {
    for (let place = this.#places.length - 3; place >= 0; place -= 3) {
      if (this.#places[place] === type) return this.#bytes.subarray(this.#places[place + 1], this.#places[place + 2]);
    }
    return undefined;
  }

  /** Those of some types as they came, in the order of the types, in bytes of their own. */
  only(types: readonly number[]): Uint8Array {
    return encodeAttributes(types.map((type): Attribute => [type, this.bytes(type)]));
  }

  /** A 32-bit number in host order; undefined when absent or of another size. */
  number(type: number): number | undefined {
    const value = this.bytes(type);
    return value?.length === 4 ? wordAt(value, 0) + wordAt(value, 2) * 0x10000 : undefined;
  }

  /** A 16-bit number in host order; undefined when absent or of another size. */
  short(type: number): number | undefined {
    const value = this.bytes(type);
    return value?.length === 2 ? wordAt(value, 0) : undefined;
  }

  byte(type: number): number | undefined {
    return this.bytes(type)?.[0];
  }

  text(type: number): string | undefined {
    const value = this.bytes(type);
    return value === undefined ? undefined : textOf(value);
  }

  nested(type: number): Attributes {
    return new Attributes(this.bytes(type) ?? new Uint8Array(0));
  }

  /** The nests of an array, whose elements the kernel numbers as it likes: 1, 2, 3 or 0, 0, 0. */
  elements(type: number): Attributes[] {
    return this.nested(type).#all.map((element) => new Attributes(element));
  }

  /** The texts of an array. */
  texts(type: number): string[] {
    return this.nested(type).#all.map(textOf);
  }

  get #all(): Uint8Array[] {
    return Array.from({ length: this.#places.length / 3 }, (_, index) =>
      this.#bytes.subarray(this.#places[index * 3 + 1], this.#places[index * 3 + 2]),
    );
  }
}

/** 16 bits in host order, which is little-endian on every machine we run on. */
const wordAt = (bytes: Uint8Array, at: number): number => (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);

const decoder = new TextDecoder();

/** Up to the NUL that ends it. */
function textOf(value: Uint8Array): string {
  const end = value.indexOf(0);
  return decoder.decode(end < 0 ? value : value.subarray(0, end));
}
