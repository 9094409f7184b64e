/** Where a value stands in its file, both from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface YamlScalar extends Position {
  readonly kind: "scalar";
  readonly value: string | number | boolean | null;
  /** As written: `0644` is text to a string field and octal to a number field. */
  readonly source: string;
}

export interface YamlList extends Position {
  readonly kind: "list";
  readonly items: readonly YamlNode[];
}

export interface YamlEntry {
  readonly key: string;
  readonly keyPosition: Position;
  readonly value: YamlNode;
}

export interface YamlMap extends Position {
  readonly kind: "map";
  readonly entries: readonly YamlEntry[];
}

/** A YAML value with its place, free of anchors, tags and of the library that read it. */
export type YamlNode = YamlScalar | YamlList | YamlMap;

/** A config of 4 MiB is a mistake, and so is one that holds, or that aliases multiply into, more values than this. */
export const maximumLength = 4 << 20;
export const maximumNodes = 50_000;
export const maximumDepth = 100;

/** Numbers as older parsers read them, which configs are still written for: `0644` is octal, `1_000` a thousand. */
export function olderNumber(source: string): number | undefined {
  if (!/^[-+]?\d[\d_]*$/.test(source) || !/^[-+]?0\d|_/.test(source)) return undefined;
  const digits = source.replaceAll("_", "");
  return /^[-+]?0[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number(digits);
}
