import { Failure } from "../../../errors/failure.ts";

/** One step into a value. */
export type Step =
  | { readonly kind: "keys"; readonly names: readonly string[] }
  | { readonly kind: "indexes"; readonly at: readonly number[] }
  | { readonly kind: "slice"; readonly from: number | undefined; readonly to: number | undefined; readonly by: number }
  | { readonly kind: "all" | "deep" }
  | { readonly kind: "filter"; readonly condition: Condition };

export interface Condition {
  readonly left: Operand;
  /** Without an operator: whether there is a left side at all. */
  readonly operator?: Operator;
  readonly right?: Operand;
}

export type Operand = { readonly steps: readonly Step[] } | { readonly literal: string | number | boolean };

const operators = ["==", "!=", "<=", ">=", "<", ">"] as const;
export type Operator = (typeof operators)[number];

const maximumSteps = 100;

const quoted = String.raw`'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"`;
/** `..`, `.*`, `.name` and `name`, `[…]`. */
const step = new RegExp(String.raw`(\.\.)|\.?(\*)|\.?\[((?:${quoted}|[^\]'"])*)\]|\.?((?:[^.[\]\\]|\\.)+)`, "y");

/**
 * The steps of a path such as `.spec.links[0].name`, `..id`, `.conditions[?(@.type=="Ready")].status`.
 * @throws Failure showing what is no path.
 */
export function parsePath(path: string): Step[] {
  const text = path.trim().replace(/^[$@]/, "");
  const found: Step[] = [];
  if (text === "." || text === "") return found;
  // Conditions hold paths of their own: the place in this one is kept here.
  let at = 0;
  while (at < text.length) {
    step.lastIndex = at;
    const match = step.exec(text);
    if (match === null || found.length === maximumSteps) throw notAPath(path);
    at = step.lastIndex;
    const [, deep, star, bracket, name = ""] = match;
    if (deep !== undefined) found.push({ kind: "deep" });
    else if (star !== undefined) found.push({ kind: "all" });
    else if (bracket !== undefined) found.push(parseBracket(bracket.trim(), path));
    else found.push({ kind: "keys", names: [name.replace(/\\(.)/g, "$1")] });
  }
  return found;
}

function parseBracket(text: string, path: string): Step {
  if (text === "*") return { kind: "all" };
  const filter = /^\?\s*\((.*)\)$/s.exec(text);
  if (filter !== null) return { kind: "filter", condition: parseCondition(filter[1] ?? "", path) };
  const slice = /^(-?\d*)\s*:\s*(-?\d*)(?:\s*:\s*(\d+))?$/.exec(text);
  if (slice !== null) {
    const [from, to, by] = slice.slice(1).map((part) => (part ? Number(part) : undefined));
    if (by !== 0) return { kind: "slice", from, to, by: by ?? 1 };
  }
  const parts = text.match(new RegExp(String.raw`${quoted}|[^,\s]+`, "g")) ?? [];
  if (parts.length > 0 && parts.every((part) => /^-?\d+$/.test(part))) {
    return { kind: "indexes", at: parts.map(Number) };
  }
  if (parts.length > 0 && parts.every((part) => /^['"]/.test(part))) {
    return { kind: "keys", names: parts.map(unquoted) };
  }
  throw notAPath(path);
}

function parseCondition(text: string, path: string): Condition {
  const parts = new RegExp(String.raw`^((?:${quoted}|[^=!<>'"])+?)\s*(?:(${operators.join("|")})(.*))?$`, "s").exec(
    text.trim(),
  );
  const [, left = "", found, right = ""] = parts ?? [];
  if (parts === null) throw notAPath(path);
  const operator = operators.find((candidate) => candidate === found);
  if (operator === undefined) return { left: parseOperand(left) };
  return { left: parseOperand(left), operator, right: parseOperand(right) };
}

function parseOperand(text: string): Operand {
  const trimmed = text.trim();
  if (/^['"]/.test(trimmed)) return { literal: unquoted(trimmed) };
  if (trimmed === "true" || trimmed === "false") return { literal: trimmed === "true" };
  if (/^-?\d+(?:\.\d+)?$/.test(trimmed)) return { literal: Number(trimmed) };
  return { steps: parsePath(trimmed) };
}

const unquoted = (text: string): string => text.slice(1, -1).replace(/\\(.)/g, "$1");

const notAPath = (text: string) =>
  new Failure(`Cannot understand the JSON path: ${JSON.stringify(text)} is not a path`, {
    hint: "Write it as {.metadata.id} or {.spec.addresses[*]}",
  });
