import { type NumberKind, numberForms } from "./numbers.ts";
import { alignmentOf, type DbusType, parseSignature } from "./signature.ts";
import type { DbusValue, Variant } from "./value.ts";

/** Encodes values one after the other, little endian. Mistakes of types are ours: they throw TypeErrors. */
export class DbusWriter {
  #bytes = new Uint8Array(256);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  /** Zeros up to the next multiple. */
  align(multiple: number): void {
    this.#take((multiple - (this.#length % multiple)) % multiple);
  }

  /** One value for each type of the signature. */
  values(signature: string, values: readonly DbusValue[]): void {
    this.#fields(parseSignature(signature), values);
  }

  #value(type: DbusType, value: DbusValue): void {
    this.align(alignmentOf(type));
    if (type.kind === "v") this.#variant(value);
    else if (type.kind === "a") this.#array(type.of, list(value));
    else if (type.kind === "(" || type.kind === "{") this.#fields(type.fields, list(value));
    else if (type.kind === "s" || type.kind === "o") this.#text("u", value);
    else if (type.kind === "g") this.#text("y", value);
    else this.#number(type.kind, value);
  }

  #number(kind: NumberKind, value: DbusValue): void {
    const { bytes, write } = numberForms[kind];
    // Not in one expression: making room may make the view another one.
    const at = this.#take(bytes);
    write(this.#view, at, value);
  }

  /** Its length, itself, and a zero that the length does not count. */
  #text(length: "u" | "y", value: DbusValue): void {
    if (typeof value !== "string") throw new TypeError(`Cannot encode ${typeof value} as text`);
    const encoded = new TextEncoder().encode(value);
    this.#number(length, encoded.length);
    const at = this.#take(encoded.length + 1);
    this.#bytes.set(encoded, at);
  }

  #variant(value: DbusValue): void {
    if (!isVariant(value)) throw new TypeError("Cannot encode a variant: it carries no type");
    this.#text("y", value.signature);
    this.values(value.signature, [value.value]);
  }

  /** Its length counts neither itself nor the padding before the first element. */
  #array(of: DbusType, elements: readonly DbusValue[]): void {
    const lengthAt = this.#take(4);
    this.align(alignmentOf(of));
    const from = this.#length;
    for (const element of elements) this.#value(of, element);
    numberForms.u.write(this.#view, lengthAt, this.#length - from);
  }

  #fields(types: readonly DbusType[], values: readonly DbusValue[]): void {
    if (types.length !== values.length) throw new TypeError(`Cannot encode ${values.length} values as ${types.length}`);
    for (const [index, type] of types.entries()) this.#value(type, values[index] ?? "");
  }

  /** Room for so many bytes, all zero; returns where it begins. */
  #take(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#length, 2 * this.#bytes.length));
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    return at;
  }
}

const isVariant = (value: DbusValue): value is Variant =>
  typeof value === "object" && !Array.isArray(value) && "signature" in value;

function list(value: DbusValue): readonly DbusValue[] {
  if (typeof value !== "object" || isVariant(value)) throw new TypeError(`Cannot encode ${typeof value} as a list`);
  return value;
}
