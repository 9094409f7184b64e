import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type ParsedNode, parseAllDocuments } from "yaml";
import { Failure } from "../errors/failure.ts";

export { toYaml } from "./yaml-text.ts";

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

export interface YamlProblem extends Position {
  readonly message: string;
}

/** A config of 4 MiB is a mistake, and so is one that aliases multiply into more nodes than this. */
const maximumLength = 4 << 20;
const maximumNodes = 200_000;
const maximumDepth = 200;
const maximumProblems = 10;

/** Every document of a YAML stream, and what is wrong with its syntax. Empty documents are left out. */
export function readYaml(text: string): { documents: YamlNode[]; problems: YamlProblem[] } {
  if (text.length > maximumLength) throw new Failure(`Cannot read YAML: it is larger than ${maximumLength} bytes`);
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, strict: true });
  const list = "empty" in parsed ? [] : parsed;
  const problems = list.flatMap(({ errors }) =>
    errors.map(({ message, pos: [offset] }) => ({ message: lowerFirst(message), ...position(lines, offset) })),
  );
  // Further errors are mostly echoes of the first.
  if (problems.length > 0) return { documents: [], problems: problems.slice(0, maximumProblems) };
  const documents: YamlNode[] = [];
  for (const document of list) {
    if (document.contents === null) continue;
    const node = new Converter(document, lines).convert(document.contents);
    if (node.kind !== "scalar" || node.value !== null) documents.push(node);
  }
  return { documents, problems };
}

/** The plain JavaScript value of a node. */
export function toPlain(node: YamlNode): unknown {
  if (node.kind === "scalar") return node.value;
  if (node.kind === "list") return node.items.map(toPlain);
  return Object.fromEntries(node.entries.map(({ key, value }) => [key, toPlain(value)]));
}

class Converter {
  readonly #document: Document.Parsed<ParsedNode>;
  readonly #lines: LineCounter;
  #nodes = 0;

  constructor(document: Document.Parsed<ParsedNode>, lines: LineCounter) {
    this.#document = document;
    this.#lines = lines;
  }

  convert(node: unknown, depth = 0): YamlNode {
    this.#nodes += 1;
    if (this.#nodes > maximumNodes) throw new Failure(`Cannot read YAML: it holds more than ${maximumNodes} values`);
    if (depth > maximumDepth) throw new Failure("Cannot read YAML: it is nested too deeply");
    if (isAlias(node)) {
      const target = node.resolve(this.#document);
      if (target === undefined) throw new Failure(`Cannot read YAML: nothing is anchored as "${node.source}"`);
      return this.convert(target, depth + 1);
    }
    const { range } = node as { range?: readonly number[] };
    const at = position(this.#lines, range?.[0] ?? 0);
    if (isMap(node)) {
      return { kind: "map", ...at, entries: node.items.map(({ key, value }) => this.#entry(key, value, at, depth)) };
    }
    if (isSeq(node)) return { kind: "list", ...at, items: node.items.map((item) => this.convert(item, depth + 1)) };
    if (!isScalar(node)) return { kind: "scalar", ...at, value: null, source: "" };
    const { value } = node;
    const source = typeof node.source === "string" ? node.source : String(value ?? "");
    const plain = typeof value === "bigint" ? source : value;
    if (plain === null || ["string", "number", "boolean"].includes(typeof plain)) {
      return { kind: "scalar", ...at, value: plain as YamlScalar["value"], source };
    }
    return { kind: "scalar", ...at, value: source, source };
  }

  #entry(key: unknown, value: unknown, parent: Position, depth: number): YamlEntry {
    const name = isScalar(key) ? String(key.source ?? key.value) : String(key);
    const keyPosition = isScalar(key) && key.range ? position(this.#lines, key.range[0]) : parent;
    const empty: YamlScalar = { kind: "scalar", ...keyPosition, value: null, source: "" };
    return { key: name, keyPosition, value: value === null ? empty : this.convert(value, depth + 1) };
  }
}

function position(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1).split("\n")[0];
