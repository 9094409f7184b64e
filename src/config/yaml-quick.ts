import {
  maximumDepth,
  maximumLength,
  maximumNodes,
  olderNumber,
  type Position,
  type YamlEntry,
  type YamlList,
  type YamlMap,
  type YamlNode,
  type YamlScalar,
} from "./yaml-node.ts";

/**
 * Reads YAML as people and tools write it for configs: block maps and lists, quoted and plain texts of one line,
 * literal blocks, flow collections of one line. The library needs most of a second to warm up on an emulated machine,
 * this reader milliseconds.
 * @returns the documents, the same as the library's; undefined for anything else, mistakes included: ask the library.
 */
export function readQuickly(text: string): YamlNode[] | undefined {
  if (text.length > maximumLength || unusual.test(text)) return undefined;
  try {
    return new QuickReader(text.split("\n")).documents();
  } catch (thrown) {
    if (thrown instanceof Unsure) return undefined;
    throw thrown;
  }
}

/** Thrown for what is left to the library. */
class Unsure extends Error {}

/** Control characters and other line breaks; tabs too, but for those in comments. */
const unusual = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]|^(?! *#).*\t/m;
const plainKey = /[A-Za-z_$/][\w$./@+=~-]{0,200}(?=:(?: |$))/y;
const quotedKey = /"([^"\\]{0,200})"(?=:(?: |$))|'([^']{0,200})'(?=:(?: |$))/y;
/** Plain texts begin with no sign that means something, and hold neither a colon nor a comment. */
const plainText = /(?:[^\s\-?:,[\]{}#&*!|>'"%@`]|-(?=[^\s,[\]{}]))(?:[^\s:#]|:(?=\S)|(?<! )#| +(?=[^\s#]))*/y;
const plainInFlow =
  /(?:[^\s\-?:,[\]{}#&*!|>'"%@`]|-(?=[^\s,[\]{}]))(?:[^\s:#,[\]{}]|:(?=[^\s,[\]{}])|(?<! )#| +(?=[^\s#,[\]{}:]))*/y;
const singleQuoted = /'((?:[^']|''){0,5000})'/y;
const doubleQuoted = /"((?:[^"\\]|\\["\\/n]){0,5000})"/y;
const escapes: Readonly<Record<string, string>> = { '\\"': '"', "\\\\": "\\", "\\/": "/", "\\n": "\n" };
const restOfLine = /^(?: +#.*| *)$/;

class QuickReader {
  readonly #lines: readonly string[];
  #line = 0;
  #nodes = 0;
  #depth = 0;

  constructor(lines: readonly string[]) {
    this.#lines = lines;
  }

  documents(): YamlNode[] {
    const documents: YamlNode[] = [];
    while (this.#skipBlank()) {
      const text = this.#text;
      if (/^(?:--- *|--- +#.*)$/.test(text)) {
        this.#line += 1;
        continue;
      }
      if (/^(?:---|\.\.\.|%)/.test(text)) throw new Unsure();
      documents.push(this.#block(indentOf(text)));
      // What a document leaves is another one.
      if (this.#skipBlank() && !this.#atSeparator()) throw new Unsure();
    }
    return documents;
  }

  get #text(): string {
    return this.#lines[this.#line] ?? "";
  }

  /** A map or list whose first line is this one. */
  #block(indent: number): YamlMap | YamlList {
    return isItem(this.#text, indent) ? this.#list(indent) : this.#map(indent);
  }

  #map(indent: number): YamlMap {
    const at = this.#enter(indent);
    const entries: YamlEntry[] = [];
    const names = new Set<string>();
    for (let first = true; first || this.#continues(indent); first = false) {
      if (!first && isItem(this.#text, indent)) throw new Unsure();
      const { key, end } = keyAt(this.#text, indent);
      if (names.has(key)) throw new Unsure();
      names.add(key);
      const keyPosition = this.#position(indent);
      entries.push({ key, keyPosition, value: this.#value(end, indent, true) });
    }
    this.#depth -= 1;
    return { kind: "map", ...at, entries };
  }

  #list(indent: number): YamlList {
    const at = this.#enter(indent);
    const items: YamlNode[] = [];
    for (let first = true; first || (this.#continues(indent) && isItem(this.#text, indent)); first = false) {
      items.push(this.#value(indent + 1, indent, false));
    }
    this.#depth -= 1;
    return { kind: "list", ...at, items };
  }

  /** What follows a colon or a dash, which end before a column. */
  #value(after: number, indent: number, inMap: boolean): YamlNode {
    const text = this.#text;
    const column = after + (/^ */.exec(text.slice(after))?.[0].length ?? 0);
    if (column === text.length || text[column] === "#") return this.#below(after, indent, inMap);
    const sign = text[column];
    if (sign === "|") return this.#literal(column, indent);
    // `- - a` and `- a: b`: a block that begins in the middle of a line.
    if (!inMap && (isItem(text, column) || isKey(text, column))) return this.#block(column);
    const { node, end } = this.#inline(text, column, false, 0);
    if (!restOfLine.test(text.slice(end))) throw new Unsure();
    this.#line += 1;
    // A line that is deeper would go on with the text, or be a mistake.
    if (this.#skipBlank() && indentOf(this.#text) > indent && !this.#atSeparator()) throw new Unsure();
    return node;
  }

  /** The block on the lines below, or nothing. */
  #below(after: number, indent: number, inMap: boolean): YamlNode {
    const at = this.#position(after);
    const isBare = after === this.#text.length;
    this.#line += 1;
    if (this.#skipBlank() && !this.#atSeparator()) {
      const inner = indentOf(this.#text);
      if (inner > indent || (inMap && inner === indent && isItem(this.#text, inner))) return this.#block(inner);
    }
    // Where nothing is depends on the spaces and comments around it.
    if (!isBare) throw new Unsure();
    return this.#scalar(at, null, "");
  }

  /** `|` or `|-`, with the lines below as they are. */
  #literal(column: number, indent: number): YamlScalar {
    const chomp = /^\|(-?)(?: +#.*| *)$/.exec(this.#text.slice(column))?.[1];
    if (chomp === undefined) throw new Unsure();
    const at = this.#position(column);
    this.#line += 1;
    const first = this.#text;
    const inner = indentOf(first);
    // Blank lines before the first, or none at all, have rules of their own.
    if (isBlank(first) || inner <= indent) throw new Unsure();
    const lines: string[] = [];
    while (this.#line < this.#lines.length) {
      const text = this.#text;
      if (!isBlank(text) && indentOf(text) < inner) {
        if (indentOf(text) > indent) throw new Unsure();
        break;
      }
      lines.push(text.slice(inner));
      this.#line += 1;
    }
    const isAtEnd = this.#line === this.#lines.length;
    let end = lines.length;
    while (lines[end - 1] === "") end -= 1;
    // Without a line break at the very end of the file, or with spaces after the text, nothing is simple.
    if (lines.some((line, index) => index >= end && line !== "") || (isAtEnd && end === lines.length))
      throw new Unsure();
    const body = lines.slice(0, end).join("\n");
    const value = chomp === "-" ? body : `${body}\n`;
    return this.#scalar(at, value, value);
  }

  /** A value that ends on its line. */
  #inline(text: string, column: number, inFlow: boolean, depth: number): { node: YamlNode; end: number } {
    const sign = text[column];
    if (sign === "[" || sign === "{") return this.#flow(text, column, depth + 1);
    const at = this.#position(column);
    const quoted = quotedAt(text, column);
    if (quoted !== undefined) return { node: this.#scalar(at, quoted.value, quoted.value), end: quoted.end };
    const pattern = inFlow ? plainInFlow : plainText;
    pattern.lastIndex = column;
    const source = pattern.exec(text)?.[0];
    if (source === undefined) throw new Unsure();
    return { node: this.#scalar(at, plainValue(source), source), end: column + source.length };
  }

  /** `[a, b]` or `{a: b}`. */
  #flow(text: string, column: number, depth: number): { node: YamlNode; end: number } {
    if (this.#depth + depth > maximumDepth) throw new Unsure();
    const at = this.#position(column);
    this.#count();
    const isList = text[column] === "[";
    const items: YamlNode[] = [];
    const entries: YamlEntry[] = [];
    let next = skipSpaces(text, column + 1);
    while (text[next] !== (isList ? "]" : "}")) {
      if (isList) {
        const { node, end } = this.#inline(text, next, true, depth);
        items.push(node);
        next = skipSpaces(text, end);
      } else {
        const keyPosition = this.#position(next);
        const { key, end: colon } = keyAt(text, next);
        if (entries.some((entry) => entry.key === key)) throw new Unsure();
        const { node, end } = this.#inline(text, skipSpaces(text, colon), true, depth);
        entries.push({ key, keyPosition, value: node });
        next = skipSpaces(text, end);
      }
      if (text[next] === ",") next = skipSpaces(text, next + 1);
      else if (text[next] !== (isList ? "]" : "}")) throw new Unsure();
    }
    const node = isList ? ({ kind: "list", ...at, items } as const) : ({ kind: "map", ...at, entries } as const);
    return { node, end: next + 1 };
  }

  #enter(indent: number): Position {
    this.#depth += 1;
    if (this.#depth > maximumDepth) throw new Unsure();
    this.#count();
    return this.#position(indent);
  }

  #scalar(at: Position, value: YamlScalar["value"], source: string): YamlScalar {
    this.#count();
    return { kind: "scalar", ...at, value, source };
  }

  #count(): void {
    this.#nodes += 1;
    if (this.#nodes > maximumNodes) throw new Unsure();
  }

  #position(column: number): Position {
    return { line: this.#line + 1, column: column + 1 };
  }

  /** True when the next line belongs to the block of this indent; deeper ones belong nowhere. */
  #continues(indent: number): boolean {
    if (!this.#skipBlank() || this.#atSeparator()) return false;
    const found = indentOf(this.#text);
    if (found > indent) throw new Unsure();
    return found === indent;
  }

  #atSeparator(): boolean {
    return /^(?:---|\.\.\.)/.test(this.#text);
  }

  /** Goes on to the next line that says something; false at the end. */
  #skipBlank(): boolean {
    while (this.#line < this.#lines.length && /^ *(?:#.*)?$/.test(this.#text)) this.#line += 1;
    return this.#line < this.#lines.length;
  }
}

const isBlank = (text: string): boolean => /^ *$/.test(text);
const indentOf = (text: string): number => /^ */.exec(text)?.[0].length ?? 0;
const isItem = (text: string, column: number): boolean =>
  text[column] === "-" && /^(?: |$)/.test(text.slice(column + 1));

function skipSpaces(text: string, column: number): number {
  let at = column;
  while (text[at] === " ") at += 1;
  return at;
}

function isKey(text: string, column: number): boolean {
  plainKey.lastIndex = column;
  quotedKey.lastIndex = column;
  return plainKey.test(text) || quotedKey.test(text);
}

/** A key and the column after its colon. */
function keyAt(text: string, column: number): { readonly key: string; readonly end: number } {
  plainKey.lastIndex = column;
  quotedKey.lastIndex = column;
  const plain = plainKey.exec(text)?.[0];
  // Words that are no text would be keys of another type.
  if (plain !== undefined && typeof plainValue(plain) === "string")
    return { key: plain, end: column + plain.length + 1 };
  const quoted = plain === undefined ? quotedKey.exec(text) : null;
  if (quoted === null) throw new Unsure();
  return { key: quoted[1] ?? quoted[2] ?? "", end: column + quoted[0].length + 1 };
}

function quotedAt(text: string, column: number): { readonly value: string; readonly end: number } | undefined {
  const sign = text[column];
  if (sign !== "'" && sign !== '"') return undefined;
  const pattern = sign === "'" ? singleQuoted : doubleQuoted;
  pattern.lastIndex = column;
  const match = pattern.exec(text);
  if (match === null) throw new Unsure();
  const [whole, inner = ""] = match;
  const value = sign === "'" ? inner.replaceAll("''", "'") : inner.replaceAll(/\\./g, (pair) => escapes[pair] ?? pair);
  return { value, end: column + whole.length };
}

const numberLike =
  /^(?:[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?|0o[0-7]+|0x[\da-fA-F]+|[-+]?\d[\d_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;

/** What a text without quotes is, in YAML's core schema. Of numbers only the plainest are told here. */
function plainValue(source: string): YamlScalar["value"] {
  if (/^(?:true|True|TRUE)$/.test(source)) return true;
  if (/^(?:false|False|FALSE)$/.test(source)) return false;
  if (/^(?:~|null|Null|NULL)$/.test(source)) return null;
  if (!numberLike.test(source)) return source;
  if (/^(?:0|[1-9]\d{0,14}|\d{1,7}\.\d{1,7}|0o[0-7]{1,15}|0x[\da-fA-F]{1,12})$/.test(source)) return Number(source);
  if (/^0\d{1,14}$/.test(source)) return olderNumber(source) ?? Number(source);
  throw new Unsure();
}
