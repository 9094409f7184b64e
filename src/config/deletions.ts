import { isDeepStrictEqual } from "node:util";
import { Failure } from "../errors/failure.ts";
import type { AnyField, Shape } from "./describe.ts";

export type Plain = Readonly<Record<string, unknown>>;

/** Part of the way to what is deleted: a name, or the item of a list that a patch's item is about. */
type Step = string | { readonly item: Plain; readonly index: number };

export interface Deletion {
  readonly path: readonly Step[];
}

/** A patch in two: what it deletes, and what it lays over the rest. */
export function withoutDeletions(patch: Plain): { readonly deletions: readonly Deletion[]; readonly rest: Plain } {
  const deletions: Deletion[] = [];
  const rest = separate(patch, [], deletions);
  return { deletions, rest: isPlain(rest) ? rest : {} };
}

/**
 * The value without what a deletion names.
 * @throws Failure when it does not hold it.
 */
export function applyDeletion(value: unknown, { path }: Deletion, shape: Shape | undefined, depth = 0): unknown {
  const step = path[depth];
  const isLast = depth === path.length - 1;
  if (step === undefined) return value;
  if (typeof step === "string") {
    const isField = shape?.kind === "section" && Object.hasOwn(shape.fields, step);
    // A field is there whether it is written or not; a name in a map is there when it is written.
    if (isLast && isField && (isPlain(value) || value === undefined || value === null)) {
      return Object.fromEntries(Object.entries(value ?? {}).filter(([name]) => name !== step));
    }
    if (!isPlain(value) || !Object.hasOwn(value, step)) throw absent(path);
    const { [step]: found, ...others } = value;
    if (isLast) return others;
    const inner = applyDeletion(found, { path }, childOf(shape, step)?.shape, depth + 1);
    return Object.fromEntries(Object.entries(value).map(([name, old]) => [name, name === step ? inner : old]));
  }
  const items: readonly unknown[] = Array.isArray(value) ? value : [];
  const index = indexOfItem(items, step.item, Object.keys(step.item));
  if (index < 0) throw absent(path);
  const item = shape?.kind === "list" ? shape.of.shape : undefined;
  return isLast ? items.toSpliced(index, 1) : items.with(index, applyDeletion(items[index], { path }, item, depth + 1));
}

/** Where the item is that has the same under each of these names. */
export function indexOfItem(items: readonly unknown[], wanted: Plain, names: readonly string[]): number {
  const agrees = (item: Plain) => names.every((name) => isDeepStrictEqual(item[name], wanted[name]));
  return names.length === 0 ? -1 : items.findIndex((item) => isPlain(item) && agrees(item));
}

export function childOf(shape: Shape | undefined, name: string): AnyField | undefined {
  if (shape?.kind === "section") return Object.hasOwn(shape.fields, name) ? shape.fields[name] : undefined;
  return shape?.kind === "map" ? shape.of : undefined;
}

export const isPlain = (value: unknown): value is Plain =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const isDeletion = (value: unknown): value is Plain => isPlain(value) && value.$patch === "delete";

/** Collects the deletions below a value; what they were all there was of is left out with them. */
function separate(value: unknown, path: readonly Step[], deletions: Deletion[]): unknown {
  if (isDeletion(value)) {
    deletions.push({ path });
    return undefined;
  }
  const before = deletions.length;
  if (Array.isArray(value)) {
    const kept = value.flatMap((item, index) => {
      const inner = separate(item, [...path, { item: selectorOf(item), index }], deletions);
      return inner === undefined ? [] : [inner];
    });
    return kept.length === 0 && deletions.length > before ? undefined : kept;
  }
  if (!isPlain(value)) return value;
  const kept = Object.entries(value).flatMap(([name, inner]) => {
    const rest = separate(inner, [...path, name], deletions);
    return rest === undefined ? [] : [[name, rest] as const];
  });
  return kept.length === 0 && deletions.length > before ? undefined : Object.fromEntries(kept);
}

/** What tells an item apart: a deletion's fields, or the first of an item that only holds deletions. */
function selectorOf(item: unknown): Plain {
  if (!isPlain(item)) return {};
  const fields = Object.entries(item).filter(([name, value]) => name !== "$patch" && !isDeletion(value));
  return Object.fromEntries(isDeletion(item) ? fields : fields.slice(0, 1));
}

function absent(path: readonly Step[]): Failure {
  const text = path.reduce<string>((left, step) => {
    if (typeof step === "string") return left === "" ? step : `${left}.${step}`;
    return `${left}[${step.index}]`;
  }, "");
  return new Failure(`Cannot delete ${text}: the config does not have it`);
}
