import { Failure } from "../../errors/failure.ts";

/** A word of an expression, with its place from 1. */
export interface Token {
  readonly kind: "name" | "int" | "uint" | "double" | "string" | "bytes" | "sign" | "end";
  readonly text: string;
  readonly column: number;
}

const patterns: readonly (readonly [Token["kind"] | "space", RegExp])[] = [
  ["space", /(?:\s|\/\/[^\n]*)+/y],
  ["bytes", /[bB][rR]?(?:"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')/y],
  ["string", /[rR]?(?:"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')/y],
  ["double", /\d+(?:\.\d+(?:[eE][+-]?\d+)?|[eE][+-]?\d+)|\.\d+(?:[eE][+-]?\d+)?/y],
  ["uint", /(?:0x[0-9a-fA-F]+|\d+)[uU]/y],
  ["int", /0x[0-9a-fA-F]+|\d+/y],
  ["name", /[A-Za-z_]\w*/y],
  ["sign", /&&|\|\||[=!<>]=|[-+*/%<>!?:.,()[\]{}]/y],
];

/**
 * The words of an expression in the Common Expression Language, an end after the last.
 * @throws Failure naming the place that is no word.
 */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length; ) {
    const [kind, word] = wordAt(text, at);
    if (kind !== "space") tokens.push({ kind, text: word, column: at + 1 });
    at += word.length;
  }
  return [...tokens, { kind: "end", text: "", column: text.length + 1 }];
}

function wordAt(text: string, at: number): readonly [Token["kind"] | "space", string] {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match !== null) return [kind, match[0]];
  }
  const found = text[at] === '"' || text[at] === "'" ? "a quote that is not closed" : JSON.stringify(text[at]);
  throw new Failure(`Cannot read the expression: column ${at + 1} holds ${found}`);
}
