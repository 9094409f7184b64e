import { Failure } from "../errors/failure.ts";
import { type NumberKind, numberForms } from "./numbers.ts";
import { alignmentOf, type DbusType, parseSignature } from "./signature.ts";
import type { DbusValue } from "./value.ts";

/** Variants in variants, which no signature bounds. */
const maximumDepth = 64;

/** Decodes what somebody else sent: everything is checked, and sizes are believed only as far as there are bytes. */
export class DbusReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #littleEndian: boolean;
  #at: number;

  constructor(bytes: Uint8Array, littleEndian: boolean, at = 0) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#littleEndian = littleEndian;
    this.#at = at;
  }

  /** Where the next value begins, before its alignment. */
  get at(): number {
    return this.#at;
  }

  align(multiple: number): void {
    this.#take((multiple - (this.#at % multiple)) % multiple);
  }

  /** @throws Failure when the bytes are not of these types */
  values(signature: string): DbusValue[] {
    return parseSignature(signature).map((type) => this.#value(type, 0));
  }

  #value(type: DbusType, depth: number): DbusValue {
    if (depth > maximumDepth)
      throw new Failure(`Cannot decode a D-Bus value: it is more than ${maximumDepth} levels deep`);
    this.align(alignmentOf(type));
    switch (type.kind) {
      case "v":
        return this.#variant(depth);
      case "a":
        return this.#array(type.of, depth);
      case "(":
      case "{":
        return type.fields.map((field) => this.#value(field, depth + 1));
      case "s":
      case "o":
        return this.#text(Number(this.#number("u")));
      case "g":
        return this.#text(Number(this.#number("y")));
      default:
        return this.#number(type.kind);
    }
  }

  #number(kind: NumberKind): DbusValue {
    const { bytes, read } = numberForms[kind];
    return read(this.#view, this.#take(bytes), this.#littleEndian);
  }

  #text(length: number): string {
    const from = this.#take(length + 1);
    if (this.#bytes[from + length] !== 0) throw new Failure("Cannot decode a D-Bus text: it does not end in zero");
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(this.#bytes.subarray(from, from + length));
    } catch {
      throw new Failure("Cannot decode a D-Bus text: it is not UTF-8");
    }
  }

  #variant(depth: number): DbusValue {
    const signature = this.#text(Number(this.#number("y")));
    const [type, more] = parseSignature(signature);
    if (type === undefined || more !== undefined)
      throw new Failure(`Cannot decode a D-Bus variant: "${signature}" is not one type`);
    return { signature, value: this.#value(type, depth + 1) };
  }

  #array(of: DbusType, depth: number): DbusValue {
    const length = Number(this.#number("u"));
    this.align(alignmentOf(of));
    const end = this.#at + length;
    if (end > this.#bytes.length) throw tooShort();
    const elements: DbusValue[] = [];
    // No type takes no bytes: each step brings the end closer.
    while (this.#at < end) elements.push(this.#value(of, depth + 1));
    if (this.#at !== end) throw new Failure("Cannot decode a D-Bus array: its last element reaches beyond its end");
    return elements;
  }

  #take(count: number): number {
    const at = this.#at;
    if (at + count > this.#bytes.length) throw tooShort();
    this.#at += count;
    return at;
  }
}

const tooShort = () => new Failure("Cannot decode a D-Bus message: it ends too early");
