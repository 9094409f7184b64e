import type { WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";

/** What a spec looks like in YAML and JSON. */
export type YamlValue = string | number | boolean | null | readonly YamlValue[] | { readonly [key: string]: YamlValue };

/** How a value of one type travels and is shown. */
export interface Codec<T> {
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
