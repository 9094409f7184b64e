import { Failure } from "../errors/failure.ts";
import type { NumberKind } from "./numbers.ts";

/** One complete type of D-Bus: what a value of it looks like on the wire follows from it alone. */
export type DbusType =
  | { readonly kind: BasicKind }
  | { readonly kind: "v" }
  | { readonly kind: "a"; readonly of: DbusType }
  | { readonly kind: "(" | "{"; readonly fields: readonly DbusType[] };

/** Bytes, booleans, integers, doubles, strings, object paths, signatures and indexes of file descriptors. */
export type BasicKind = NumberKind | "s" | "o" | "g";

const basicKinds: ReadonlySet<string> = new Set("ybnqiuxtdsogh");
/** Of the specification: 255 bytes, and 32 levels of arrays and of structs. */
const maximumLength = 255;
const maximumDepth = 64;

/**
 * The types that a signature names, one after the other: `su` is a string and a number.
 * @throws Failure when it is no signature
 */
export function parseSignature(text: string): readonly DbusType[] {
  if (text.length > maximumLength) throw malformed(text, `it is longer than ${maximumLength} characters`);
  const types: DbusType[] = [];
  let at = 0;
  while (at < text.length) {
    const [type, next] = parseType(text, at, 0);
    types.push(type);
    at = next;
  }
  return types;
}

function parseType(text: string, at: number, depth: number): [DbusType, next: number] {
  if (depth > maximumDepth) throw malformed(text, `it is more than ${maximumDepth} levels deep`);
  const kind = text[at] ?? "";
  if (isBasic(kind)) return [{ kind }, at + 1];
  if (kind === "v") return [{ kind }, at + 1];
  if (kind === "a") {
    const [of, next] = parseType(text, at + 1, depth + 1);
    return [{ kind, of }, next];
  }
  if (kind === "(") return parseFields(text, at, depth, kind);
  // Entries of dictionaries live in arrays alone.
  if (kind === "{" && text[at - 1] === "a") return parseEntry(text, at, depth);
  throw malformed(text, kind === "" ? "it ends too early" : `"${kind}" begins no type here`);
}

function parseFields(text: string, at: number, depth: number, kind: "(" | "{"): [DbusType, next: number] {
  const end = kind === "(" ? ")" : "}";
  const fields: DbusType[] = [];
  let place = at + 1;
  while (text[place] !== end) {
    const [field, next] = parseType(text, place, depth + 1);
    fields.push(field);
    place = next;
  }
  if (fields.length === 0) throw malformed(text, "a struct has no fields");
  return [{ kind, fields }, place + 1];
}

function parseEntry(text: string, at: number, depth: number): [DbusType, next: number] {
  const [entry, next] = parseFields(text, at, depth, "{");
  const [key, value, more] = "fields" in entry ? entry.fields : [];
  if (key === undefined || !isBasic(key.kind)) throw malformed(text, "the key of an entry is not basic");
  if (value === undefined || more !== undefined) throw malformed(text, "an entry is not a key and a value");
  return [entry, next];
}

const isBasic = (kind: string): kind is BasicKind => basicKinds.has(kind);

const malformed = (text: string, reason: string) =>
  new Failure(`Cannot read the D-Bus signature "${text.slice(0, maximumLength)}": ${reason}`);

const alignments: Readonly<Record<DbusType["kind"], number>> = {
  ...{ y: 1, b: 4, n: 2, q: 2, i: 4, u: 4, x: 8, t: 8, d: 8, s: 4, o: 4, g: 1, h: 4 },
  ...{ v: 1, a: 4, "(": 8, "{": 8 },
};

/** Values of a type begin at a multiple of so many bytes. */
export const alignmentOf = ({ kind }: DbusType): number => alignments[kind];
