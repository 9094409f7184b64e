import { isDeepStrictEqual } from "node:util";
import { Failure } from "../errors/failure.ts";
import type { AnyField, Shape } from "./describe.ts";
import { documentSections } from "./documents/index.ts";
import { root } from "./v1alpha1/root.ts";

type Plain = Readonly<Record<string, unknown>>;

const described: Readonly<Record<string, { readonly shape: Shape }>> = documentSections;

/**
 * Lays a patch over a document, each field by the rule of its description: sections and maps merge by name, lists
 * append unless they replace or are keyed, other values are replaced. Null, zero and the empty text say nothing.
 * `$patch: delete` removes what holds it.
 * @throws Failure when an item that is to be deleted is not there.
 */
export function mergeDocument(base: Plain, patch: Plain): Plain {
  const { kind } = base;
  if (kind === undefined) return mergeMaps(base, patch, root.shape, "");
  const known = typeof kind === "string" && Object.hasOwn(described, kind) ? described[kind] : undefined;
  return mergeMaps(base, patch, known?.shape, "");
}

/**
 * Lays documents of a patch over those of a config. Documents meet by kind and name; others are added.
 * @returns new documents; the arguments stay as they are.
 * @throws Failure when what is to be deleted is not there.
 */
export function mergeDocuments(base: readonly Plain[], patches: readonly Plain[]): Plain[] {
  const merged = [...base];
  for (const patch of patches) {
    const index = merged.findIndex(({ kind, name }) => kind === patch.kind && name === patch.name);
    const found = merged[index];
    if (isDeletion(patch)) {
      if (found === undefined) throw absent([patch.kind, patch.name].filter((part) => part !== undefined).join(" "));
      merged.splice(index, 1);
    } else if (found === undefined) merged.push(mergeMaps({}, patch, undefined, ""));
    else merged[index] = mergeDocument(found, patch);
  }
  return merged;
}

function mergeMaps(base: Plain, patch: Plain, shape: Shape | undefined, path: string): Plain {
  const merged = new Map(Object.entries(base));
  for (const [name, value] of Object.entries(patch)) {
    if (isDeletion(value)) merged.delete(name);
    else merged.set(name, mergeValue(merged.get(name), value, childOf(shape, name), pathTo(path, name)));
  }
  return Object.fromEntries(merged);
}

function mergeValue(base: unknown, patch: unknown, field: AnyField | undefined, path: string): unknown {
  if (field?.merge === "replace" || base === undefined || base === null) return withoutDeletions(patch);
  if (Array.isArray(base) && Array.isArray(patch)) return mergeLists(base, patch, field, path);
  if (isPlain(base) && isPlain(patch)) return mergeMaps(base, patch, field?.shape, path);
  return saysNothing(patch) ? base : withoutDeletions(patch);
}

function mergeLists(base: readonly unknown[], patch: readonly unknown[], field: AnyField | undefined, path: string) {
  const keys = typeof field?.merge === "object" ? field.merge.keys : [];
  const item = field?.shape.kind === "list" ? field.shape.of : undefined;
  const merged = [...base];
  for (const [position, value] of patch.entries()) {
    const at = `${path}[${position}]`;
    const index = isPlain(value) ? indexOfItem(merged, value, keys) : -1;
    if (isDeletion(value)) {
      if (index < 0) throw absent(at);
      merged.splice(index, 1);
    } else if (index < 0) merged.push(withoutDeletions(value));
    else merged[index] = mergeValue(merged[index], value, item, at);
  }
  return merged;
}

/** Where the item is that a patch's item is about. To be deleted it may be named by any of its fields. */
function indexOfItem(items: readonly unknown[], value: Plain, keys: readonly string[]): number {
  const key = keys.find((name) => value[name] !== undefined);
  const names = isDeletion(value) && key === undefined ? Object.keys(value).filter((name) => name !== "$patch") : [key];
  const agree = (item: Plain) =>
    names.every((name) => name !== undefined && isDeepStrictEqual(item[name], value[name])) && names.length > 0;
  return items.findIndex((item) => isPlain(item) && agree(item));
}

function childOf(shape: Shape | undefined, name: string): AnyField | undefined {
  if (shape?.kind === "section") return Object.hasOwn(shape.fields, name) ? shape.fields[name] : undefined;
  return shape?.kind === "map" ? shape.of : undefined;
}

/** What is added for the first time has nothing to delete from. */
function withoutDeletions(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => !isDeletion(item)).map(withoutDeletions);
  if (!isPlain(value)) return value;
  const kept = Object.entries(value).filter(([, inner]) => !isDeletion(inner));
  return Object.fromEntries(kept.map(([name, inner]) => [name, withoutDeletions(inner)]));
}

const absent = (what: string): Failure =>
  new Failure(`Cannot delete ${what || "the document"}: the config does not have it`);
const pathTo = (path: string, name: string): string => (path === "" ? name : `${path}.${name}`);
const saysNothing = (value: unknown): boolean => value === null || value === "" || value === 0;
const isPlain = (value: unknown): value is Plain =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isDeletion = (value: unknown): boolean => isPlain(value) && value.$patch === "delete";
