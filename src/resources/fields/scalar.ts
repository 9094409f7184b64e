import type { WireReader } from "../wire/reader.ts";
import { WireType, type WireWriter } from "../wire/writer.ts";
import type { Codec, YamlValue } from "./codec.ts";
import { fieldOf } from "./field.ts";

export interface ScalarDescription<T> {
  /** Of the type, for people: `duration`. */
  readonly name: string;
  readonly words?: readonly string[];
  readonly wire: (typeof WireType)[keyof typeof WireType];
  readonly zero: T;
  isZero?(value: T): boolean;
  write(to: WireWriter, value: T): void;
  read(from: WireReader): T;
  yaml?(value: T): YamlValue;
}

/** A codec of one value under one tag; a later occurrence replaces an earlier one. */
export function scalar<T>(description: ScalarDescription<T>): Codec<T> {
  const { name, words, wire, zero, read, write } = description;
  return {
    shape: { kind: "value", name, ...(words !== undefined && { words }) },
    zero,
    isZero: description.isZero ?? ((value) => value === zero),
    write: (to, field, value) => write(to.tag(field, wire), value),
    read(from, type, before) {
      if (type === wire) return read(from);
      from.skip(type);
      return before;
    },
    yaml: description.yaml ?? ((value) => value as YamlValue),
    ...(wire === WireType.bytes ? {} : { packed: { write, read } }),
  };
}

const whole = scalar<number>({
  name: "integer",
  wire: WireType.varint,
  zero: 0,
  write: (to, value) => void to.int(value),
  read: (from) => from.int(),
});
const natural = scalar<number>({
  name: "integer",
  wire: WireType.varint,
  zero: 0,
  write: (to, value) => void to.uint(value),
  read: (from) => from.uint(),
});
const text = scalar({
  name: "string",
  wire: WireType.bytes,
  zero: "",
  write: (to, value) => void to.string(value),
  read: (from) => from.string(),
});

export const string = fieldOf(text);
export const int32 = fieldOf(whole);
/** Exact up to 2^53, like every number here. */
export const int64 = fieldOf(whole);
export const uint32 = fieldOf(natural);
export const uint64 = fieldOf(natural);

export const boolean = fieldOf(
  scalar<boolean>({
    name: "boolean",
    wire: WireType.varint,
    zero: false,
    write: (to, value) => void to.uint(value ? 1 : 0),
    read: (from) => from.int() !== 0,
  }),
);

export const double = fieldOf(
  scalar<number>({
    name: "number",
    wire: WireType.fixed64,
    zero: 0,
    write: (to, value) => void to.double(value),
    read: (from) => from.double(),
  }),
);

/** A number that is shown as text, such as a set of flags. */
export const shownNumber = (name: string, show: (value: number) => YamlValue, words?: readonly string[]) =>
  fieldOf({ ...natural, shape: { kind: "value", name, ...(words !== undefined && { words }) }, yaml: show });

/** Text on the wire that is shown as it is, empty included; for types that are bytes in the reference. */
const bytesAs = (name: string, yaml: (value: Uint8Array) => YamlValue): Codec<Uint8Array> =>
  scalar({
    name,
    wire: WireType.bytes,
    zero: new Uint8Array(),
    isZero: ({ length }) => length === 0,
    write: (to, value) => void to.bytes(value),
    // A copy: a view would keep the whole message in memory.
    read: (from) => from.bytes().slice(),
    yaml,
  });

export const bytes = fieldOf(bytesAs("bytes", (value) => [...value]));
export const base64Bytes = fieldOf(bytesAs("base64", (value) => value.toBase64()));
/** Bytes that people read as text. */
export const textBytes = fieldOf(bytesAs("string", (value) => new TextDecoder().decode(value)));
