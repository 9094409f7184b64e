import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Pair,
  type ParsedNode,
  parseAllDocuments,
  parseDocument,
} from "yaml";
import { checkWords, TooMuch } from "./yaml-bounds.ts";
import {
  maximumDepth,
  maximumLength,
  maximumNodes,
  olderNumber,
  type Position,
  type YamlEntry,
  type YamlMap,
  type YamlNode,
  type YamlScalar,
} from "./yaml-node.ts";
import { readQuickly } from "./yaml-quick.ts";

export type { Position, YamlEntry, YamlList, YamlMap, YamlNode, YamlScalar } from "./yaml-node.ts";
export { toYaml } from "./yaml-text.ts";

export interface YamlProblem extends Position {
  readonly message: string;
}

const maximumProblems = 10;

/** Every document of a YAML stream, and what is wrong with its syntax. Empty documents are left out. */
export function readYaml(text: string): { documents: YamlNode[]; problems: YamlProblem[] } {
  const documents = readQuickly(text);
  return documents === undefined ? readThoroughly(text) : { documents, problems: [] };
}

/** The same, any YAML there is; slower, and with words for what is wrong. */
export function readThoroughly(text: string): { documents: YamlNode[]; problems: YamlProblem[] } {
  const { stackTraceLimit } = Error;
  // The library makes an error of each mistake, and most of its time goes into traces that nobody reads.
  Error.stackTraceLimit = 0;
  try {
    if (text.length > maximumLength) {
      throw new TooMuch({ line: 1, column: 1 }, `it is larger than ${maximumLength} bytes`);
    }
    const nul = text.indexOf("\0");
    if (nul >= 0) throw new TooMuch(placeIn(text, nul), "it holds a NUL; is it UTF-16, or no text at all?");
    checkWords(new Lexer().lex(text));
    return read(text);
  } catch (thrown) {
    if (!(thrown instanceof TooMuch)) throw thrown;
    return { documents: [], problems: [{ ...thrown.at, message: thrown.message }] };
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function read(text: string): { documents: YamlNode[]; problems: YamlProblem[] } {
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

type YamlPath = readonly (string | number)[];

/**
 * A text of one document that is changed in places: what is not touched keeps its comments, its order and its style.
 * The text has to be one that `readYaml` has no problem with.
 */
export class EditedYaml {
  readonly #document: Document;
  readonly #style: { readonly indentSeq: boolean; readonly flowCollectionPadding: boolean };

  constructor(text: string) {
    this.#document = parseDocument(text);
    // Lists stand below their key or further in, braces with spaces or without: the file keeps its way.
    this.#style = { indentSeq: !/^- /m.test(text), flowCollectionPadding: !/[{[][^\s\]}]/.test(text) };
  }

  set(path: YamlPath, value: unknown): void {
    this.#document.setIn(path, this.#document.createNode(value));
  }

  /** Adds to the end of a list; it is begun where there is none. */
  append(path: YamlPath, value: unknown): void {
    const list = this.#document.getIn(path);
    if (isSeq(list)) list.add(this.#document.createNode(value));
    else this.set(path, [value]);
  }

  toString(): string {
    return this.#document.toString({ ...this.#style, lineWidth: 0 });
  }
}

class Converter {
  readonly #document: Document.Parsed<ParsedNode>;
  readonly #lines: LineCounter;
  /** Aliases that are being followed. */
  readonly #open = new Set<string>();
  readonly #targets = new Map<Alias, unknown>();
  #nodes = 0;

  constructor(document: Document.Parsed<ParsedNode>, lines: LineCounter) {
    this.#document = document;
    this.#lines = lines;
  }

  convert(node: unknown, depth = 0): YamlNode {
    const { range } = node as { range?: readonly number[] };
    const at = position(this.#lines, range?.[0] ?? 0);
    this.#nodes += 1;
    if (this.#nodes > maximumNodes) throw new TooMuch(at, `there are more than ${maximumNodes} values`);
    if (depth > maximumDepth) throw new TooMuch(at, "it is nested too deeply");
    if (isAlias(node)) return this.#target(node, at, depth);
    if (isMap(node)) return { kind: "map", ...at, entries: this.#entries(node.items, at, depth) };
    if (isSeq(node)) return { kind: "list", ...at, items: node.items.map((item) => this.convert(item, depth + 1)) };
    if (!isScalar(node)) return { kind: "scalar", ...at, value: null, source: "" };
    const { value } = node;
    const source = typeof node.source === "string" ? node.source : String(value ?? "");
    const older = node.type === "PLAIN" ? olderNumber(source) : undefined;
    const plain = typeof value === "bigint" ? source : (older ?? value);
    if (plain === null || ["string", "number", "boolean"].includes(typeof plain)) {
      return { kind: "scalar", ...at, value: plain as YamlScalar["value"], source };
    }
    return { kind: "scalar", ...at, value: source, source };
  }

  /** What an alias stands for. */
  #target(alias: Alias, at: Position, depth: number): YamlNode {
    // Within what is aliased itself, an alias is met many times, and resolving it goes through the document.
    const target = this.#targets.getOrInsertComputed(alias, () => alias.resolve(this.#document));
    if (target === undefined) throw new TooMuch(at, `nothing is anchored as "${alias.source}"`);
    if (this.#open.has(alias.source)) throw new TooMuch(at, `"${alias.source}" holds itself`);
    this.#open.add(alias.source);
    const node = this.convert(target, depth + 1);
    this.#open.delete(alias.source);
    return node;
  }

  /** Entries in order; those a `<<` takes over from other maps come last, unless they are written here. */
  #entries(pairs: readonly Pair[], at: Position, depth: number): YamlEntry[] {
    const entries: YamlEntry[] = [];
    const taken: YamlEntry[] = [];
    for (const { key, value } of pairs) {
      const entry = this.#entry(key, value, at, depth);
      const maps = isScalar(key) && key.type === "PLAIN" && entry.key === "<<" ? mapsOf(entry.value) : undefined;
      if (maps === undefined) entries.push(entry);
      else taken.push(...maps.flatMap((map) => map.entries));
    }
    if (taken.length === 0) return entries;
    const names = new Set(entries.map(({ key }) => key));
    for (const entry of taken) if (!names.has(entry.key) && names.add(entry.key)) entries.push(entry);
    return entries;
  }

  #entry(key: unknown, value: unknown, parent: Position, depth: number): YamlEntry {
    const name = isScalar(key) ? String(key.source ?? key.value) : String(key);
    const keyPosition = isScalar(key) && key.range ? position(this.#lines, key.range[0]) : parent;
    const empty: YamlScalar = { kind: "scalar", ...keyPosition, value: null, source: "" };
    return { key: name, keyPosition, value: value === null ? empty : this.convert(value, depth + 1) };
  }
}

/** The maps that a merge key can take entries from: one, or a list of them. */
function mapsOf(node: YamlNode): readonly YamlMap[] | undefined {
  const nodes = node.kind === "list" ? node.items : [node];
  const maps = nodes.filter((one) => one.kind === "map");
  return maps.length === nodes.length ? maps : undefined;
}

function placeIn(text: string, offset: number): Position {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

function position(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1).split("\n")[0];
