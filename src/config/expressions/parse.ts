import { Failure } from "../../errors/failure.ts";
import { type Token, tokensOf } from "./tokens.ts";

/** An expression in the Common Expression Language; `column` is its place, from 1. */
export type Expression = { readonly column: number } & (
  | { readonly kind: "literal"; readonly type: "int" | "uint" | "double" | "string" | "bytes" | "bool" | "null" }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "field"; readonly of: Expression; readonly name: string }
  | { readonly kind: "index"; readonly of: Expression; readonly index: Expression }
  | { readonly kind: "call"; readonly of: Expression | undefined; readonly name: string; readonly given: Expression[] }
  | { readonly kind: "list"; readonly items: Expression[] }
  | { readonly kind: "map"; readonly entries: (readonly [Expression, Expression])[] }
  | { readonly kind: "operator"; readonly sign: string; readonly operands: Expression[] }
  | { readonly kind: "choice"; readonly when: Expression; readonly then: Expression; readonly otherwise: Expression }
);

/** What binds weakest comes first. */
const levels: readonly (readonly string[])[] = [
  ["||"],
  ["&&"],
  ["<", "<=", ">", ">=", "==", "!=", "in"],
  ["+", "-"],
  ["*", "/", "%"],
];
const maximumDepth = 100;
/** Longer ones are mistakes, and would be walked too deeply. */
const maximumLength = 4_096;

/**
 * Reads an expression.
 * @throws Failure saying what is wrong, with the column.
 */
export function parseExpression(text: string): Expression {
  if (text.length > maximumLength) throw new Failure(`Cannot read the expression: it is longer than ${maximumLength}`);
  return new Parser(tokensOf(text)).whole();
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  whole(): Expression {
    const expression = this.#expression();
    if (this.#next.kind !== "end") throw this.#unexpected("the end");
    return expression;
  }

  #expression(): Expression {
    this.#depth += 1;
    if (this.#depth > maximumDepth) throw new Failure("Cannot read the expression: it is nested too deeply");
    const when = this.#binary(0);
    const { column } = when;
    let expression = when;
    if (this.#take("?")) {
      const then = this.#binary(0);
      this.#expect(":");
      expression = { kind: "choice", column, when, then, otherwise: this.#expression() };
    }
    this.#depth -= 1;
    return expression;
  }

  #binary(level: number): Expression {
    const signs = levels[level];
    if (signs === undefined) return this.#unary();
    let left = this.#binary(level + 1);
    for (let { text, kind } = this.#next; kind !== "string" && signs.includes(text); { text, kind } = this.#next) {
      this.#at += 1;
      left = { kind: "operator", column: left.column, sign: text, operands: [left, this.#binary(level + 1)] };
    }
    return left;
  }

  #unary(): Expression {
    const signs: Token[] = [];
    while (this.#next.kind === "sign" && (this.#next.text === "!" || this.#next.text === "-")) {
      signs.push(this.#next);
      this.#at += 1;
    }
    return signs.reduceRight<Expression>(
      (operand, { text, column }) => ({ kind: "operator", column, sign: text, operands: [operand] }),
      this.#member(),
    );
  }

  #member(): Expression {
    let of = this.#primary();
    for (;;) {
      const { column } = of;
      if (this.#take(".")) {
        this.#take("?");
        const name = this.#name();
        of = this.#take("(")
          ? { kind: "call", column, of, name, given: this.#list(")") }
          : { kind: "field", column, of, name };
      } else if (this.#take("[")) {
        this.#take("?");
        of = { kind: "index", column, of, index: this.#expression() };
        this.#expect("]");
      } else return of;
    }
  }

  #primary(): Expression {
    const { kind, text, column } = this.#next;
    if (kind !== "sign" && kind !== "name" && kind !== "end") {
      this.#at += 1;
      return { kind: "literal", column, type: kind };
    }
    if (this.#take("(")) {
      const inner = this.#expression();
      this.#expect(")");
      return inner;
    }
    if (this.#take("[")) return { kind: "list", column, items: this.#list("]") };
    if (this.#take("{")) return { kind: "map", column, entries: this.#entries() };
    if (text === "true" || text === "false" || text === "null") {
      this.#at += 1;
      return { kind: "literal", column, type: text === "null" ? "null" : "bool" };
    }
    this.#take(".");
    const name = this.#name();
    return this.#take("(")
      ? { kind: "call", column, of: undefined, name, given: this.#list(")") }
      : { kind: "name", column, name };
  }

  #list(end: string): Expression[] {
    const items: Expression[] = [];
    while (!this.#take(end)) {
      if (items.length > 0) this.#expect(",");
      if (end === "]" && this.#take(end)) break;
      items.push(this.#expression());
    }
    return items;
  }

  #entries(): (readonly [Expression, Expression])[] {
    const entries: (readonly [Expression, Expression])[] = [];
    while (!this.#take("}")) {
      if (entries.length > 0) this.#expect(",");
      if (this.#take("}")) break;
      const key = this.#expression();
      this.#expect(":");
      entries.push([key, this.#expression()]);
    }
    return entries;
  }

  #name(): string {
    const { kind, text } = this.#next;
    if (kind !== "name" || text === "in") throw this.#unexpected("a name");
    this.#at += 1;
    return text;
  }

  #take(sign: string): boolean {
    const found = this.#next.kind === "sign" && this.#next.text === sign;
    if (found) this.#at += 1;
    return found;
  }

  #expect(sign: string): void {
    if (!this.#take(sign)) throw this.#unexpected(`"${sign}"`);
  }

  #unexpected(expected: string): Failure {
    const { kind, text, column } = this.#next;
    const found = kind === "end" ? "it ends" : `it has ${JSON.stringify(text)}`;
    return new Failure(`Cannot read the expression: at column ${column} ${found}, expected ${expected}`);
  }

  get #next(): Token {
    return this.#tokens[Math.min(this.#at, this.#tokens.length - 1)] ?? { kind: "end", text: "", column: 1 };
  }
}
