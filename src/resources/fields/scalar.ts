import type { WireReader } from "../wire/reader.ts";
import { WireType, type WireWriter } from "../wire/writer.ts";
import { type Codec, notOfType, type YamlValue } from "./codec.ts";
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
  /** The value that YAML stands for; undefined when it stands for none. Default: what is of the zero value's type. */
  fromYaml?(value: YamlValue): T | undefined;
}

/** A codec of one value under one tag; a later occurrence replaces an earlier one. */
export function scalar<T>(description: ScalarDescription<T>): Codec<T> {
  const { name, words, wire, zero, read, write } = description;
  const fromYaml = description.fromYaml ?? ((value) => (typeof value === typeof zero ? (value as T) : undefined));
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
    fromYaml(value, place) {
      const found = fromYaml(value);
      if (found === undefined) throw notOfType(value, name, place);
      return found;
    },
    ...(wire === WireType.bytes ? {} : { packed: { write, read } }),
  };
}

function naturalOf(value: YamlValue): number | undefined {
  return Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : undefined;
}

const whole = scalar<number>({
  name: "integer",
  wire: WireType.varint,
  zero: 0,
  write: (to, value) => void to.int(value),
  read: (from) => from.int(),
  fromYaml: (value) => (Number.isSafeInteger(value) ? Number(value) : undefined),
});
const natural = scalar<number>({
  name: "integer",
  wire: WireType.varint,
  zero: 0,
  write: (to, value) => void to.uint(value),
  read: (from) => from.uint(),
  fromYaml: naturalOf,
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

export interface ShownNumber {
  readonly name: string;
  readonly words?: readonly string[];
  readonly show: (value: number) => YamlValue;
  /** What `show` returns, read again; undefined for other text. */
  readonly parse: (text: string) => number | undefined;
}

/** A number that is shown as text, such as a set of flags. */
export const shownNumber = ({ name, words, show, parse }: ShownNumber) =>
  fieldOf(
    scalar<number>({
      name,
      ...(words !== undefined && { words }),
      wire: WireType.varint,
      zero: 0,
      write: (to, value) => void to.uint(value),
      read: (from) => from.uint(),
      yaml: show,
      fromYaml: (value) => (typeof value === "string" ? parse(value) : naturalOf(value)),
    }),
  );

interface ShownBytes {
  readonly name: string;
  readonly yaml: (value: Uint8Array) => YamlValue;
  readonly fromYaml: (value: YamlValue) => Uint8Array | undefined;
}

/** Bytes in one of the forms that people see; none at all are shown as well. */
const bytesAs = ({ name, yaml, fromYaml }: ShownBytes): Codec<Uint8Array> =>
  scalar({
    ...{ name, yaml, fromYaml },
    wire: WireType.bytes,
    zero: new Uint8Array(),
    isZero: ({ length }) => length === 0,
    write: (to, value) => void to.bytes(value),
    // A copy: a view would keep the whole message in memory.
    read: (from) => from.bytes().slice(),
  });

const isByte = (value: YamlValue): boolean => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 0xff;

export const bytes = fieldOf(
  bytesAs({
    name: "bytes",
    yaml: (value) => [...value],
    fromYaml: (value) =>
      Array.isArray(value) && value.every(isByte) ? Uint8Array.from(value as readonly number[]) : undefined,
  }),
);
export const base64Bytes = fieldOf(
  bytesAs({
    name: "base64",
    yaml: (value) => value.toBase64(),
    fromYaml: (value) => (typeof value === "string" ? decodedBase64(value) : undefined),
  }),
);
/** Bytes that people read as text. */
export const textBytes = fieldOf(
  bytesAs({
    name: "string",
    yaml: (value) => new TextDecoder().decode(value),
    fromYaml: (value) => (typeof value === "string" ? new TextEncoder().encode(value) : undefined),
  }),
);

function decodedBase64(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.fromBase64(text);
  } catch {
    return undefined;
  }
}
