import { isDeepStrictEqual } from "node:util";
import type { AnyField } from "../describe.ts";
import { hidden } from "./change.ts";

export type Plain = Readonly<Record<string, unknown>>;

export const isPlain = (value: unknown): value is Plain =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** True for what a field reads as when it is not written. */
export function isDefault({ shape, default: preset }: AnyField, value: unknown): boolean {
  if (value === undefined || isDeepStrictEqual(value, preset)) return true;
  if (preset !== undefined) return false;
  switch (shape.kind) {
    case "list":
      return Array.isArray(value) && value.length === 0;
    case "map":
      return isPlain(value) && Object.keys(value).length === 0;
    case "section":
      return isPlain(value) && Object.entries(shape.fields).every(([name, field]) => isDefault(field, value[name]));
    default:
      return false;
  }
}

/** A value as people may see it: without its secrets, and without what is only a default. */
export function shown(field: AnyField, value: unknown, sensitive: boolean): unknown {
  if (value === undefined) return undefined;
  if (sensitive || field.sensitive) return hidden;
  const { shape } = field;
  if (shape.kind === "list" && Array.isArray(value)) return value.map((item) => shown(shape.of, item, false));
  if (shape.kind === "map" && isPlain(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shown(shape.of, inner, false)]));
  }
  if (shape.kind !== "section" || !isPlain(value)) return value;
  const written = Object.entries(shape.fields).filter(([name, inner]) => !isDefault(inner, value[name]));
  return Object.fromEntries(written.map(([name, inner]) => [name, shown(inner, value[name], false)]));
}
