import { isDeepStrictEqual } from "node:util";
import type { AnyField } from "../describe.ts";
import { isPlain, type Plain } from "./value.ts";

/** Something within a value that can be compared on its own. */
export interface Part {
  /** As it is appended to the path of the whole: `.mtu`, `["net.ipv4.ip_forward"]`, `[2]`. */
  readonly name: string;
  readonly field: AnyField;
  readonly before: unknown;
  readonly after: unknown;
}

/** The parts of two values of one field, those that belong together paired; none when the values have no parts. */
export function partsOf(field: AnyField, before: unknown, after: unknown): Part[] {
  const { shape } = field;
  if (shape.kind === "list") {
    const keys = typeof field.merge === "object" ? field.merge.keys : [];
    return keys.length > 0
      ? keyedItems(shape.of, keys, listOf(before), listOf(after))
      : items(shape.of, listOf(before), listOf(after));
  }
  if (shape.kind === "scalar" || !isMapLike(before) || !isMapLike(after)) return [];
  const names = shape.kind === "section" ? Object.keys(shape.fields) : keysOf(before, after);
  return names.flatMap((name) => {
    const inner = shape.kind === "section" ? (shape.fields[name] as AnyField) : shape.kind === "map" ? shape.of : field;
    return { name: accessor(name), field: inner, before: before?.[name], after: after?.[name] };
  });
}

/** Items that have names are paired by them, wherever they stand. */
function keyedItems(
  of: AnyField,
  keys: readonly string[],
  before: readonly unknown[],
  after: readonly unknown[],
): Part[] {
  const old = named(keys, before);
  const now = named(keys, after);
  return [...new Set([...old.keys(), ...now.keys()])].map((name) => ({
    name: `[${name}]`,
    field: of,
    before: old.get(name),
    after: now.get(name),
  }));
}

function named(keys: readonly string[], values: readonly unknown[]): Map<string, unknown> {
  const found = new Map<string, unknown>();
  for (const [index, value] of values.entries()) {
    const key = isPlain(value) ? keys.map((name) => value[name]).find((part) => part !== undefined) : undefined;
    const name = key === undefined ? String(index) : typeof key === "object" ? JSON.stringify(key) : String(key);
    // Two of one name: what comes later stands for itself.
    found.set(found.has(name) ? `${name} ${index}` : name, value);
  }
  return found;
}

/** Other items are paired by their place, after what both lists begin and end with. */
function items(of: AnyField, before: readonly unknown[], after: readonly unknown[]): Part[] {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && isDeepStrictEqual(before[start], after[start])) start += 1;
  let end = 0;
  while (end < shorter - start && isDeepStrictEqual(before.at(-1 - end), after.at(-1 - end))) end += 1;
  const old = before.slice(start, before.length - end);
  const now = after.slice(start, after.length - end);
  return Array.from({ length: Math.max(old.length, now.length) }, (_, index) => ({
    name: `[${start + index}]`,
    field: of,
    before: old[index],
    after: now[index],
  }));
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const isMapLike = (value: unknown): value is Plain | undefined => value === undefined || isPlain(value);
const keysOf = (before: Plain | undefined, after: Plain | undefined): string[] => [
  ...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]),
];
const accessor = (name: string): string => (/^[\w-]+$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`);
