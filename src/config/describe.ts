import type { FieldReader } from "./reader.ts";
import { suggest } from "./suggest.ts";
import { toPlain, type YamlEntry, type YamlMap, type YamlNode, type YamlScalar } from "./yaml.ts";
import { olderNumber } from "./yaml-node.ts";

/** What a change of the field does to a running machine. */
export type Effect = "live" | "reboot" | `restart ${string}`;

/** How a patch's value meets the one it patches; lists append and maps merge by key when nothing is said. */
export type MergeRule =
  | "replace"
  | { /** Items are one when they have one of these, and it is equal. */ readonly keys: readonly string[] };

/** What is said once about a field, and read by the parser, the generator, the merge and the reference. */
export interface FieldFacts<T> {
  readonly doc: string;
  readonly default?: T;
  /** Shown, commented out, in generated configs when the field is not set. */
  readonly example?: unknown;
  /** The first version that knows it, as `1.12`. Inherited from the section when left out. */
  readonly since?: string;
  /** A document without it is refused; a patch may leave it out. */
  readonly required?: true;
  /** Inherited from the section when left out. */
  readonly effect?: Effect;
  readonly merge?: MergeRule;
  /** Zero is a value like others: a patch can set it. Otherwise it is as if nothing were written. */
  readonly zeroCounts?: true;
  /** Never quoted in an error. */
  readonly sensitive?: boolean;
  /** What to write instead; who writes it still is warned. */
  readonly deprecated?: string;
  /** The kind of document that says the same, and more. Both are good. */
  readonly replacedBy?: string;
}

export interface ScalarShape {
  readonly kind: "scalar";
  readonly type: "string" | "boolean" | "integer";
  /** All that it may be. */
  readonly words?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
}

/** What kind of value a field holds, for walkers such as the generator and the merge. */
export type Shape =
  | ScalarShape
  | { readonly kind: "any" }
  | { readonly kind: "list" | "map"; readonly of: AnyField }
  | { readonly kind: "section"; readonly fields: Readonly<Record<string, AnyField>> };

export interface Field<out T> extends FieldFacts<unknown> {
  readonly shape: Shape;
  /** The value of a node, or the default when there is none. Problems go to the reader; the result is then a stand-in. */
  read(node: YamlNode | undefined, at: FieldReader): T;
}

export type AnyField = Field<unknown>;
export type Value<F> = F extends Field<infer T> ? T : never;
export type SectionValue<Fields> = { readonly [Name in keyof Fields]: Value<Fields[Name]> };

/** Says what is wrong with a text, or nothing: `not an address`. */
export type Check = (text: string) => string | undefined;

interface ScalarFacts<T> extends FieldFacts<T> {
  readonly check?: Check;
}

/** A text. Numbers and booleans written without quotes are taken as written. */
export function string(facts: ScalarFacts<string> & { readonly default: string }): Field<string>;
export function string(facts: ScalarFacts<string>): Field<string | undefined>;
export function string(facts: ScalarFacts<string>): Field<string | undefined> {
  return scalar(facts, { kind: "scalar", type: "string" }, "a string", ({ source }) => source);
}

/** One of a few words. */
export function oneOf<const Word extends string>(
  words: readonly Word[],
  facts: FieldFacts<Word> & { readonly default: NoInfer<Word> },
): Field<Word>;
export function oneOf<const Word extends string>(
  words: readonly Word[],
  facts: FieldFacts<Word>,
): Field<Word | undefined>;
export function oneOf(words: readonly string[], facts: FieldFacts<string>): Field<string | undefined> {
  const expected = words.map((word) => `"${word}"`).join(", ");
  const check: Check = (text) => {
    if (words.includes(text)) return undefined;
    const meant = suggest(text, words);
    return `expected one of ${expected}${meant === undefined ? "" : `; did you mean "${meant}"?`}`;
  };
  return scalar({ ...facts, check }, { kind: "scalar", type: "string", words }, "a string", ({ source }) => source);
}

export function boolean(facts: FieldFacts<boolean> & { readonly default: boolean }): Field<boolean>;
export function boolean(facts: FieldFacts<boolean>): Field<boolean | undefined>;
export function boolean(facts: FieldFacts<boolean>): Field<boolean | undefined> {
  return scalar(facts, { kind: "scalar", type: "boolean" }, "true or false", ({ source, value }) => {
    if (typeof value === "boolean") return value;
    // Configs written for older parsers say yes and on.
    if (/^(?:y|yes|on)$/i.test(source)) return true;
    return /^(?:n|no|off)$/i.test(source) ? false : undefined;
  });
}

interface IntegerFacts extends FieldFacts<number> {
  readonly minimum?: number;
  readonly maximum?: number;
}

/** A whole number; `0644` and `0o644` are octal, as file modes are written, and `1_000` is a thousand. */
export function integer(facts: IntegerFacts & { readonly default: number }): Field<number>;
export function integer(facts: IntegerFacts): Field<number | undefined>;
export function integer(facts: IntegerFacts): Field<number | undefined> {
  const { minimum = Number.MIN_SAFE_INTEGER, maximum = Number.MAX_SAFE_INTEGER } = facts;
  const bounds = facts.minimum === undefined && facts.maximum === undefined ? "" : ` from ${minimum} to ${maximum}`;
  const shape = {
    kind: "scalar",
    type: "integer",
    ...(facts.minimum !== undefined && { minimum }),
    ...(facts.maximum !== undefined && { maximum }),
  } as const;
  return scalar(facts, shape, `a whole number${bounds}`, ({ source }) => {
    const number = olderNumber(source) ?? Number(source);
    return source !== "" && Number.isSafeInteger(number) && number >= minimum && number <= maximum ? number : undefined;
  });
}

/** Items of one kind; empty when absent. */
export function list<T>(of: Field<T>, facts: FieldFacts<readonly T[]>): Field<readonly T[]> {
  return {
    ...facts,
    shape: { kind: "list", of },
    read(node, at) {
      if (isAbsent(node)) return facts.default ?? [];
      if (node.kind === "list") return node.items.map((item, index) => of.read(item, at.item(index)));
      at.error(node, "expected a list");
      return [];
    },
  };
}

/** Values of one kind under free names; empty when absent. */
export function map<T>(
  of: Field<T>,
  facts: FieldFacts<Readonly<Record<string, T>>>,
): Field<Readonly<Record<string, T>>> {
  return {
    ...facts,
    shape: { kind: "map", of },
    read(node, at) {
      if (isAbsent(node)) return facts.default ?? {};
      if (node.kind === "map") {
        return Object.fromEntries(node.entries.map(({ key, value }) => [key, of.read(value, at.child(key))]));
      }
      at.error(node, "expected a map");
      return {};
    },
  };
}

/** Another program's configuration, passed on as it is. */
export function anything(facts: FieldFacts<unknown>): Field<unknown> {
  return { ...facts, shape: { kind: "any" }, read: (node) => (isAbsent(node) ? facts.default : toPlain(node)) };
}

export interface SectionFacts<Fields> extends FieldFacts<never> {
  readonly fields: Fields;
}

export interface Section<Fields> extends Field<SectionValue<Fields>> {
  readonly shape: { readonly kind: "section"; readonly fields: Fields & Readonly<Record<string, AnyField>> };
  /** The same, but `undefined` when it is not written, for where absence means something. */
  optional(): Field<SectionValue<Fields> | undefined>;
}

/** Named fields. An absent section reads as one with every default. */
export function section<const Fields extends Readonly<Record<string, AnyField>>>({
  fields,
  ...facts
}: SectionFacts<Fields>): Section<Fields> {
  const shape = { kind: "section", fields } as const;
  const read = (node: YamlNode | undefined, at: FieldReader) => readSection(fields, node, at);
  return {
    ...facts,
    shape,
    read,
    optional: () => ({ ...facts, shape, read: (node, at) => (isAbsent(node) ? undefined : read(node, at)) }),
  };
}

function readSection<Fields extends Readonly<Record<string, AnyField>>>(
  fields: Fields,
  node: YamlNode | undefined,
  at: FieldReader,
): SectionValue<Fields> {
  const entries = isAbsent(node) ? [] : entriesOf(node, at);
  const written = new Map(entries.map((entry) => [entry.key, entry]));
  for (const entry of entries) checkEntry(fields, entry, at);
  const value = Object.entries(fields).map(([name, field]) => [
    name,
    field.read(written.get(name)?.value, at.child(name)),
  ]);
  return Object.fromEntries(value) as SectionValue<Fields>;
}

function checkEntry(
  fields: Readonly<Record<string, AnyField>>,
  { key, keyPosition }: YamlEntry,
  at: FieldReader,
): void {
  const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
  if (field?.deprecated !== undefined) at.child(key).warn(keyPosition, `deprecated: ${field.deprecated}`);
  if (field !== undefined) return;
  const meant = suggest(key, Object.keys(fields));
  at.child(key).error(keyPosition, `unknown field${meant === undefined ? "" : `, did you mean "${meant}"?`}`);
}

function entriesOf(node: YamlNode, at: FieldReader): YamlMap["entries"] {
  if (node.kind === "map") return node.entries;
  at.error(node, "expected a map of fields");
  return [];
}

function scalar<T>(
  facts: ScalarFacts<T>,
  shape: ScalarShape,
  expected: string,
  convert: (node: YamlScalar) => T | undefined,
): Field<T | undefined> {
  const quote = (text: string) => (facts.sensitive ? "the value" : JSON.stringify(text));
  return {
    ...facts,
    shape,
    read(node, at) {
      if (isAbsent(node)) return facts.default;
      const value = node.kind === "scalar" ? convert(node) : undefined;
      if (value === undefined) {
        const found = node.kind === "scalar" ? quote(node.source) : `a ${node.kind}`;
        at.error(node, `expected ${expected}, found ${found}`);
        return facts.default;
      }
      const wrong = typeof value === "string" && value !== "" ? facts.check?.(value) : undefined;
      if (wrong !== undefined) at.error(node, `Cannot use ${quote(String(value))}: ${wrong}`);
      return value;
    },
  };
}

const isAbsent = (node: YamlNode | undefined): node is undefined =>
  node === undefined || (node.kind === "scalar" && node.value === null);
