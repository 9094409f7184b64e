import { Failure } from "../../../errors/failure.ts";
import { parsePath, type Step } from "./path.ts";
import { select } from "./select.ts";

/** A template: plain texts, paths between braces, and parts that repeat for each of what a path finds. */
type Part =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "path"; readonly steps: readonly Step[] }
  | { readonly kind: "range"; readonly steps: readonly Step[]; readonly parts: Part[] };

/** A template of `-o jsonpath` or of a column. */
export interface JsonPath {
  /** What each text and each path of the template gives, in order: the results of a path belong together. */
  find(value: unknown): unknown[][];
}

/**
 * Prepares a template in the way of kubectl: `{.spec.links[0].name}`, `{.spec.addresses[*]}`, `{..id}`,
 * `{range .items[*]}{.name}{"\n"}{end}`, with plain text around. Without braces the whole is one path.
 * @throws Failure showing what is not understood.
 */
export function jsonPath(template: string): JsonPath {
  const parts = template.includes("{") ? parse(template) : [path(template)];
  return { find: (value) => parts.flatMap((part) => results(part, value)) };
}

function results(part: Part, value: unknown): unknown[][] {
  if (part.kind === "text") return [[part.text]];
  const found = select(value, part.steps);
  return part.kind === "path" ? [found] : found.flatMap((item) => part.parts.flatMap((inner) => results(inner, item)));
}

const path = (text: string): Part => ({ kind: "path", steps: parsePath(text) });

function parse(template: string): Part[] {
  const root: Part[] = [];
  const open: Part[][] = [root];
  for (const match of template.matchAll(/\{((?:[^{}'"]|'[^']*'|"[^"]*")*)\}|([^{}]+)|([{}])/g)) {
    const [, inner, text, brace] = match;
    const parts = open.at(-1) ?? root;
    const directive = inner?.trim();
    if (brace !== undefined) throw notUnderstood(template, "a brace has no partner");
    if (text !== undefined) parts.push({ kind: "text", text: unescaped(text) });
    else if (directive === "end") {
      if (open.length === 1) throw notUnderstood(template, "{end} ends no {range}");
      open.pop();
    } else if (directive?.startsWith("range ")) {
      const range: Part = { kind: "range", steps: parsePath(directive.slice("range ".length)), parts: [] };
      parts.push(range);
      open.push(range.parts);
    } else if (/^["']/.test(directive ?? ""))
      parts.push({ kind: "text", text: unescaped(directive?.slice(1, -1) ?? "") });
    else parts.push(path(directive ?? ""));
  }
  if (open.length > 1) throw notUnderstood(template, "a {range} has no {end}");
  return root;
}

const unescaped = (text: string): string => text.replace(/\\n/g, "\n").replace(/\\t/g, "\t");

const notUnderstood = (template: string, why: string) =>
  new Failure(`Cannot understand the JSON path ${JSON.stringify(template)}: ${why}`, {
    hint: "Write it as {.metadata.id} or {.spec.addresses[*]}",
  });
