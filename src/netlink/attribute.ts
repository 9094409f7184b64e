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

/** The attributes of a message, by type; of several of one type, the last. */
export class Attributes {
  readonly #values = new Map<number, Uint8Array>();
  readonly #all: Uint8Array[] = [];

  /** Reads attributes from `offset` on; ends at the first whose length makes no sense. */
  constructor(bytes: Uint8Array, offset = 0) {
    let at = offset;
    while (at + attributeHeader.size <= bytes.length) {
      const { length, type } = attributeHeader.decode(bytes, at);
      if (length < attributeHeader.size || at + length > bytes.length) return;
      const value = bytes.subarray(at + attributeHeader.size, at + length);
      this.#values.set(type & attributeTypeMask, value);
      this.#all.push(value);
      at += align(length);
    }
  }

  bytes(type: number): Uint8Array | undefined {
    return this.#values.get(type);
  }

  /** A 32-bit number in host order; undefined when absent or of another size. */
  number(type: number): number | undefined {
    const value = this.#values.get(type);
    return value?.length === 4 ? new DataView(value.buffer, value.byteOffset, 4).getUint32(0, true) : undefined;
  }

  /** A 16-bit number in host order; undefined when absent or of another size. */
  short(type: number): number | undefined {
    const value = this.#values.get(type);
    return value?.length === 2 ? new DataView(value.buffer, value.byteOffset, 2).getUint16(0, true) : undefined;
  }

  byte(type: number): number | undefined {
    return this.#values.get(type)?.[0];
  }

  text(type: number): string | undefined {
    const value = this.#values.get(type);
    return value === undefined ? undefined : textOf(value);
  }

  nested(type: number): Attributes {
    return new Attributes(this.#values.get(type) ?? new Uint8Array(0));
  }

  /** The nests of an array, whose elements the kernel numbers as it likes: 1, 2, 3 or 0, 0, 0. */
  elements(type: number): Attributes[] {
    return this.nested(type).#all.map((element) => new Attributes(element));
  }

  /** The texts of an array. */
  texts(type: number): string[] {
    return this.nested(type).#all.map(textOf);
  }
}

/** Up to the NUL that ends it. */
function textOf(value: Uint8Array): string {
  const end = value.indexOf(0);
  return new TextDecoder().decode(end < 0 ? value : value.subarray(0, end));
}
