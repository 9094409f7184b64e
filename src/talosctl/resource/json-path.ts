import { Failure } from "../../errors/failure.ts";

/** One step into a value. */
type Step =
  | { readonly kind: "key"; readonly name: string }
  | { readonly kind: "index"; readonly at: number }
  | { readonly kind: "all" | "deep" };

/** A template: plain texts, and paths between braces. */
type Part = { readonly text: string } | { readonly steps: readonly Step[] };

/**
 * Prepares a template in the way of `kubectl -o jsonpath`: `{.spec.links[0].name}`, `{.spec.addresses[*]}`,
 * `{..id}`, with plain text around. Without braces the whole is one path.
 * @throws Failure showing what is not understood.
 */
export function jsonPath(template: string): (value: unknown) => string {
  const parts = template.includes("{") ? parse(template) : [{ steps: steps(template, template) }];
  return (value) =>
    parts.map((part) => ("text" in part ? part.text : select([value], part.steps).map(show).join(" "))).join("");
}

function parse(template: string): Part[] {
  const parts: Part[] = [];
  for (const match of template.matchAll(/\{((?:[^{}'"]|'[^']*'|"[^"]*")*)\}|([^{}]+)|([{}])/g)) {
    const [, path, text, brace] = match;
    if (brace !== undefined) throw notUnderstood(template, "a brace has no partner");
    if (text !== undefined) parts.push({ text: unescaped(text) });
    else if (path !== undefined)
      parts.push(/^["']/.test(path) ? { text: unescaped(path.slice(1, -1)) } : { steps: steps(path, template) });
  }
  return parts;
}

const step = /\.\.|\.?\[\s*(?:(-?\d+)|(\*)|'([^']*)'|"([^"]*)")\s*\]|\.?(\*)|\.?((?:[^.[\]\\]|\\.)+)/y;

function steps(path: string, template: string): Step[] {
  const found: Step[] = [];
  const text = path.trim().replace(/^\$/, "");
  if (text === "." || text === "") return found;
  step.lastIndex = 0;
  while (step.lastIndex < text.length) {
    const match = step.exec(text);
    if (match === null) throw notUnderstood(template, `"${text}" is not a path`);
    const [whole, index, all, single, double, star, name] = match;
    if (whole === "..") found.push({ kind: "deep" });
    else if (index !== undefined) found.push({ kind: "index", at: Number(index) });
    else if (all !== undefined || star !== undefined) found.push({ kind: "all" });
    else found.push({ kind: "key", name: single ?? double ?? (name ?? "").replace(/\\(.)/g, "$1") });
  }
  return found;
}

function select(values: readonly unknown[], [first, ...rest]: readonly Step[]): unknown[] {
  if (first === undefined) return [...values];
  return select(
    values.flatMap((value) => follow(value, first)),
    rest,
  );
}

function follow(value: unknown, step: Step): unknown[] {
  if (typeof value !== "object" || value === null) return step.kind === "deep" ? [value] : [];
  switch (step.kind) {
    case "key":
      return Object.hasOwn(value, step.name) ? [(value as Readonly<Record<string, unknown>>)[step.name]] : [];
    case "index": {
      const item: unknown = Array.isArray(value) ? value.at(step.at) : undefined;
      return item === undefined ? [] : [item];
    }
    case "all":
      return Object.values(value);
    case "deep":
      return [value, ...Object.values(value).flatMap((inner) => follow(inner, step))];
  }
}

function show(value: unknown): string {
  if (typeof value === "string") return value;
  return value === null || value === undefined ? "" : JSON.stringify(value);
}

const unescaped = (text: string): string => text.replace(/\\n/g, "\n").replace(/\\t/g, "\t");

const notUnderstood = (template: string, why: string) =>
  new Failure(`Cannot understand the JSON path ${JSON.stringify(template)}: ${why}`, {
    hint: "Write it as {.metadata.id} or {.spec.addresses[*]}",
  });
