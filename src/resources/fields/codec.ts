import { Failure } from "../../errors/failure.ts";
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

/** Where in a document a value is, for problems. */
export interface YamlPlace {
  /** `links[0].name`; empty for the document itself. */
  readonly path: string;
  /** Told of fields that there are not; they are passed over, since a later version may know them. */
  readonly onUnknown?: (path: string) => void;
}

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
  /** What `yaml` shows, read again. @throws Failure naming the place of what is no such value. */
  fromYaml(value: YamlValue, place: YamlPlace): T;
  /** For numbers, which lists pack: the value without its tag. */
  readonly packed?: { write(to: WireWriter, value: T): void; read(from: WireReader): T };
}

/** What is said of a value that is not of its field's type. */
export const notOfType = (value: YamlValue, name: string, { path }: YamlPlace): Failure =>
  new Failure(`Cannot read ${path === "" ? "the document" : path}: ${shortened(JSON.stringify(value))} is no ${name}`);

const shortened = (text: string): string => (text.length > 60 ? `${text.slice(0, 59)}…` : text);

/** Whether it has fields or entries. */
export const isMapping = (value: YamlValue): value is { readonly [key: string]: YamlValue } =>
  typeof value === "object" && value !== null && !Array.isArray(value);
