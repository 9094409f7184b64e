import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";
import type { Fields } from "./field.ts";

/** What a spec looks like in YAML and JSON. */
export type YamlValue = string | number | boolean | null | readonly YamlValue[] | { readonly [key: string]: YamlValue };

/** What a value is, for the reference documentation. */
export type CodecShape =
  | {
      readonly kind: "value";
      readonly name: string /** All that it may be, when each has a name. */;
      readonly words?: readonly string[];
    }
  | { readonly kind: "list" | "map"; readonly of: CodecShape }
  | { readonly kind: "message"; readonly fields: Fields };

/** How a value of one type travels and is shown. */
export interface Codec<T> {
  readonly shape: CodecShape;
  /** What an absent field means. */
  readonly zero: T;
  isZero(value: T): boolean;
  /** Appends tag and value. */
  write(to: WireWriter, field: number, value: T): void;
  /** Reads one occurrence of the field and joins it to what came before. */
  read(from: WireReader, type: number, before: T): T;
  yaml(value: T): YamlValue;
  /** For numbers, which lists pack: the value without its tag. */
  readonly packed?: { write(to: WireWriter, value: T): void; read(from: WireReader): T };
}
