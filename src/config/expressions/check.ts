import { Failure } from "../../errors/failure.ts";
import { suggest } from "../suggest.ts";
import type { Expression } from "./parse.ts";

/** What a value is; a record has fields, and `any` may be anything. */
export type Type = Primitive | { readonly [field: string]: Type };
type Primitive = "bool" | "int" | "uint" | "double" | "string" | "bytes" | "duration" | "list" | "map" | "null" | "any";

/** What an expression can name. */
export interface Environment {
  readonly variables: Readonly<Record<string, Type>>;
  /** Functions besides those of the language, with what they give. */
  readonly functions: Readonly<Record<string, Type>>;
}

const language: Readonly<Record<string, Type>> = {
  ...{ startsWith: "bool", endsWith: "bool", contains: "bool", matches: "bool", has: "bool", size: "int" },
  ...{ all: "bool", exists: "bool", exists_one: "bool", existsOne: "bool", map: "list", filter: "list" },
  ...{ int: "int", uint: "uint", double: "double", string: "string", bytes: "bytes", bool: "bool", dyn: "any" },
  ...{ duration: "duration", timestamp: "any", type: "any", getSeconds: "int", getMilliseconds: "int" },
  ...{ getMinutes: "int", getHours: "int", hasValue: "bool", orValue: "any", or: "any", value: "any", optMap: "any" },
};
/** Their first argument is a name that the second may use. */
const binding = new Set(["all", "exists", "exists_one", "existsOne", "map", "filter", "optMap"]);
const plain: Readonly<Record<Primitive, string>> = {
  ...{ bool: "true or false", int: "a whole number", uint: "an unsigned number", double: "a fraction" },
  ...{ string: "a text", bytes: "bytes", duration: "a duration", list: "a list", map: "a map", null: "null" },
  any: "anything",
};

/**
 * The type of an expression.
 * @throws Failure at the first thing that is not there, or that does not go together.
 */
export function typeOf(expression: Expression, environment: Environment): Type {
  switch (expression.kind) {
    case "literal":
      return expression.type;
    case "name":
      return lookUp(expression.name, environment.variables, "name", expression.column);
    case "field":
      return fieldType(typeOf(expression.of, environment), expression.name, expression.column);
    case "index":
      typeOf(expression.of, environment);
      typeOf(expression.index, environment);
      return "any";
    case "list":
      for (const item of expression.items) typeOf(item, environment);
      return "list";
    case "map":
      for (const part of expression.entries.flat()) typeOf(part, environment);
      return "map";
    case "choice": {
      expectBool(expression.when, environment);
      const [then, otherwise] = [expression.then, expression.otherwise].map((part) => typeOf(part, environment));
      return then !== undefined && otherwise !== undefined ? together(then, otherwise, "?:", expression.column) : "any";
    }
    case "call":
      return callType(expression, environment);
    case "operator":
      return operatorType(expression, environment);
  }
}

/** How a type is called in front of people. */
export const typeName = (type: Type): string => (typeof type === "string" ? plain[type] : "a record");

function fieldType(of: Type, name: string, column: number): Type {
  if (of === "any" || of === "map") return "any";
  if (typeof of === "string") throw at(column, `${typeName(of)} has no field "${name}"`);
  return lookUp(name, of, "field", column);
}

function callType(call: Expression & { kind: "call" }, environment: Environment): Type {
  const result = lookUp(call.name, { ...language, ...environment.functions }, "function", call.column);
  if (call.of !== undefined) typeOf(call.of, environment);
  const [first, ...rest] = call.given;
  const binds = binding.has(call.name) && call.of !== undefined && first?.kind === "name";
  const inner = binds
    ? { ...environment, variables: { ...environment.variables, [first.name]: "any" as const } }
    : environment;
  for (const argument of binds ? rest : call.given) typeOf(argument, inner);
  return result;
}

function operatorType(expression: Expression & { kind: "operator" }, environment: Environment): Type {
  const { sign, operands, column } = expression;
  if (sign === "&&" || sign === "||" || sign === "!") {
    for (const operand of operands) expectBool(operand, environment);
    return "bool";
  }
  const [left = "any", right] = operands.map((operand) => typeOf(operand, environment));
  if (right === undefined) return left;
  if (sign === "in") return "bool";
  const both = together(left, right, sign, column);
  return "+-*/%".includes(sign) ? both : "bool";
}

function expectBool(expression: Expression, environment: Environment): void {
  const type = typeOf(expression, environment);
  if (type !== "bool" && type !== "any") {
    throw at(expression.column, `${typeName(type)} stands where true or false is expected`);
  }
}

function together(left: Type, right: Type, sign: string, column: number): Type {
  if (left === "any" || right === "any") return "any";
  if (left === right || typeof left !== "string" || left === "null" || right === "null") return left;
  const hint = [left, right].includes("uint") && [left, right].includes("int") ? "; write unsigned numbers as 10u" : "";
  throw at(column, `"${sign}" cannot take ${typeName(left)} and ${typeName(right)}${hint}`);
}

function lookUp(name: string, known: Readonly<Record<string, Type>>, what: string, column: number): Type {
  const type = Object.hasOwn(known, name) ? known[name] : undefined;
  if (type !== undefined) return type;
  const meant = suggest(name, Object.keys(known));
  throw at(column, `there is no ${what} "${name}"${meant === undefined ? "" : `, did you mean "${meant}"?`}`);
}

const at = (column: number, problem: string): Failure =>
  new Failure(`Cannot use the expression: at column ${column} ${problem}`);
