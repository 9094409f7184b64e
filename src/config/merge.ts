import type { AnyField, Shape } from "./describe.ts";
import { documentSections, isDocumentKind } from "./documents/index.ts";
import { root } from "./v1alpha1/root.ts";

type Plain = Readonly<Record<string, unknown>>;

/**
 * Lays a patch over a document, each field by the rule of its description: sections and maps merge by name, lists
 * append unless they replace or are keyed, everything else is replaced. `$patch: delete` removes what holds it.
 */
export function mergeDocument(base: Plain, patch: Plain): Plain {
  const { kind } = base;
  const fields = typeof kind === "string" && isDocumentKind(kind) ? documentSections[kind].shape.fields : undefined;
  return mergeMaps(base, patch, (name) => (kind === undefined ? root.shape.fields : fields)?.[name as never]);
}

/**
 * Lays documents of a patch over those of a config. Documents meet by kind and name; others are added.
 * @returns new documents; the arguments stay as they are.
 */
export function mergeDocuments(base: readonly Plain[], patches: readonly Plain[]): Plain[] {
  const merged = [...base];
  for (const patch of patches) {
    const index = merged.findIndex(({ kind, name }) => kind === patch.kind && name === patch.name);
    const found = merged[index];
    if (found === undefined) merged.push(patch);
    else if (isDeletion(patch)) merged.splice(index, 1);
    else merged[index] = mergeDocument(found, patch);
  }
  return merged;
}

function mergeMaps(base: Plain, patch: Plain, fieldOf: (name: string) => AnyField | undefined): Plain {
  const merged: Record<string, unknown> = { ...base };
  for (const [name, value] of Object.entries(patch)) {
    if (isDeletion(value)) delete merged[name];
    else merged[name] = mergeValue(merged[name], value, fieldOf(name));
  }
  return merged;
}

function mergeValue(base: unknown, patch: unknown, field: AnyField | undefined): unknown {
  if (field?.merge === "replace" || base === undefined || base === null) return withoutDeletions(patch);
  if (Array.isArray(base) && Array.isArray(patch)) return mergeLists(base, patch, field);
  if (isPlain(base) && isPlain(patch)) return mergeMaps(base, patch, (name) => childOf(field?.shape, name));
  return patch;
}

function mergeLists(base: readonly unknown[], patch: readonly unknown[], field: AnyField | undefined): unknown[] {
  const rule = field?.merge;
  if (typeof rule !== "object") return [...base, ...patch];
  const merged = [...base];
  const item = field?.shape.kind === "list" ? field.shape.of : undefined;
  for (const value of patch) {
    const key = isPlain(value) ? value[rule.key] : undefined;
    const index = key === undefined ? -1 : merged.findIndex((other) => isPlain(other) && other[rule.key] === key);
    if (index < 0) merged.push(value);
    else if (isDeletion(value)) merged.splice(index, 1);
    else merged[index] = mergeValue(merged[index], value, item);
  }
  return merged;
}

function childOf(shape: Shape | undefined, name: string): AnyField | undefined {
  if (shape?.kind === "section") return shape.fields[name];
  return shape?.kind === "map" ? shape.of : undefined;
}

/** What is added for the first time has nothing to delete from. */
function withoutDeletions(value: unknown): unknown {
  if (!isPlain(value)) return value;
  const kept = Object.entries(value).filter(([, inner]) => !isDeletion(inner));
  return Object.fromEntries(kept.map(([name, inner]) => [name, withoutDeletions(inner)]));
}

const isPlain = (value: unknown): value is Plain =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isDeletion = (value: unknown): boolean => isPlain(value) && value.$patch === "delete";
