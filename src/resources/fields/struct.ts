import { Failure } from "../../errors/failure.ts";
import { WireReader } from "../wire/reader.ts";
import { WireType, WireWriter } from "../wire/writer.ts";
import { isMapping, type YamlValue } from "./codec.ts";
import { fieldOf } from "./field.ts";
import { scalar } from "./scalar.ts";

/** A document without a schema of ours, such as a Kubernetes object: google.protobuf.Struct. */
export type Document = { readonly [key: string]: YamlValue };

/** A hostile message must not overflow the stack. */
const maximumDepth = 100;

export const structCodec = scalar<Document>({
  name: "document",
  wire: WireType.bytes,
  zero: {},
  isZero: (document) => Object.keys(document).length === 0,
  write: (to, document) => void to.bytes(encodeStruct(document)),
  read: (from) => decodeStruct(from.bytes()),
  yaml: sorted,
  fromYaml: (value) => (isMapping(value) ? value : undefined),
});
export const struct = fieldOf(structCodec);

/** @throws Failure for what JSON cannot say */
export function encodeStruct(document: Document): Uint8Array {
  const to = new WireWriter();
  for (const key of Object.keys(document).sort()) {
    const entry = new WireWriter().tag(1, WireType.bytes).string(key);
    entry.tag(2, WireType.bytes).bytes(encodeValue(document[key] ?? null));
    to.tag(1, WireType.bytes).bytes(entry.finish());
  }
  return to.finish();
}

export function decodeStruct(bytes: Uint8Array, depth = 0): Document {
  if (depth > maximumDepth) throw new Failure(`Cannot decode a document: it is more than ${maximumDepth} levels deep`);
  const document: Record<string, YamlValue> = {};
  for (const entry of occurrences(bytes)) {
    let key = "";
    let value: YamlValue = null;
    for (const [field, inner] of fieldsOf(entry)) {
      if (field === 1) key = new TextDecoder().decode(inner);
      if (field === 2) value = decodeValue(inner, depth + 1);
    }
    Object.defineProperty(document, key, { value, enumerable: true, configurable: true, writable: true });
  }
  return document;
}

/** google.protobuf.Value: 1 null, 2 number, 3 string, 4 bool, 5 struct, 6 list. */
function encodeValue(value: YamlValue): Uint8Array {
  const to = new WireWriter();
  if (value === null) return to.tag(1, WireType.varint).uint(0).finish();
  if (typeof value === "number") return to.tag(2, WireType.fixed64).double(value).finish();
  if (typeof value === "string") return to.tag(3, WireType.bytes).string(value).finish();
  if (typeof value === "boolean")
    return to
      .tag(4, WireType.varint)
      .uint(value ? 1 : 0)
      .finish();
  if (!isList(value)) return to.tag(5, WireType.bytes).bytes(encodeStruct(value)).finish();
  const items = new WireWriter();
  for (const item of value) items.tag(1, WireType.bytes).bytes(encodeValue(item));
  return to.tag(6, WireType.bytes).bytes(items.finish()).finish();
}

function decodeValue(bytes: Uint8Array, depth: number): YamlValue {
  const from = new WireReader(bytes);
  let value: YamlValue = null;
  while (!from.done) {
    const { field, type } = from.tag();
    if (field === 2 && type === WireType.fixed64) value = from.double();
    else if (field === 3 && type === WireType.bytes) value = from.string();
    else if (field === 4 && type === WireType.varint) value = from.uint() !== 0;
    else if (field === 5 && type === WireType.bytes) value = decodeStruct(from.bytes(), depth);
    else if (field === 6 && type === WireType.bytes) value = decodeList(from.bytes(), depth);
    else from.skip(type);
  }
  return value;
}

function decodeList(bytes: Uint8Array, depth: number): YamlValue {
  if (depth > maximumDepth) throw new Failure(`Cannot decode a document: it is more than ${maximumDepth} levels deep`);
  return occurrences(bytes).map((item) => decodeValue(item, depth + 1));
}

/** The contents of every field 1. */
function occurrences(bytes: Uint8Array): Uint8Array[] {
  return fieldsOf(bytes).flatMap(([field, inner]) => (field === 1 ? [inner] : []));
}

function fieldsOf(bytes: Uint8Array): [number, Uint8Array][] {
  const from = new WireReader(bytes);
  const fields: [number, Uint8Array][] = [];
  while (!from.done) {
    const { field, type } = from.tag();
    if (type === WireType.bytes) fields.push([field, from.bytes()]);
    else from.skip(type);
  }
  return fields;
}

/** Keys in order: the wire's maps have none, and equal documents should look equal. */
function sorted(value: YamlValue): YamlValue {
  if (typeof value !== "object" || value === null) return value;
  if (isList(value)) return value.map(sorted);
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}

function isList(value: YamlValue): value is readonly YamlValue[] {
  return Array.isArray(value);
}
