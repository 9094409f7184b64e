import { Failure } from "../errors/failure.ts";
import { applyDeletion, childOf, indexOfItem, isDeletion, isPlain, type Plain, withoutDeletions } from "./deletions.ts";
import type { AnyField, Shape } from "./describe.ts";
import { documentSections, exclusiveKinds, isDocumentKind } from "./documents/index.ts";
import { root } from "./v1alpha1/root.ts";

/**
 * Lays a patch over a document, each field by the rule of its description: sections and maps merge by name, lists
 * append unless they replace or are keyed, other values are replaced. Null, zero and the empty text say nothing, but
 * for the fields that say zero counts. What `$patch: delete` names is removed first.
 * @throws Failure when what is to be deleted is not there.
 */
export function mergeDocument(base: Plain, patch: Plain): Plain {
  const { kind } = base;
  const shape = kind === undefined ? root.shape : shapeOf(kind);
  const { deletions, rest } = withoutDeletions(patch);
  const kept = deletions.reduce<unknown>((document, deletion) => applyDeletion(document, deletion, shape), base);
  return mergeMaps(isPlain(kept) ? kept : {}, rest, shape);
}

/**
 * Lays documents of a patch over those of a config. Documents meet by kind and name; others are added.
 * @returns new documents; the arguments stay as they are.
 * @throws Failure when what is to be deleted is not there, or two documents would set up one thing.
 */
export function mergeDocuments(base: readonly Plain[], patches: readonly Plain[]): Plain[] {
  const merged = [...base];
  for (const patch of patches) {
    const index = merged.findIndex(({ kind, name }) => kind === patch.kind && name === patch.name);
    const found = merged[index];
    if (isDeletion(patch)) {
      if (patch.kind === undefined) throw new Failure("Cannot delete the v1alpha1 document: the rest belongs to it");
      if (found === undefined) throw new Failure(`Cannot delete ${nameOf(patch)}: the config does not have it`);
      merged.splice(index, 1);
    } else if (found === undefined) {
      const rival = merged.find((other) => excludes(other, patch));
      if (rival !== undefined) throw new Failure(`Cannot add ${nameOf(patch)}: it excludes ${nameOf(rival)}`);
      merged.push(withoutDeletions(patch).rest);
    } else merged[index] = mergeDocument(found, patch);
  }
  return merged;
}

function mergeMaps(base: Plain, patch: Plain, shape: Shape | undefined): Plain {
  const merged = new Map(Object.entries(base));
  for (const [name, value] of Object.entries(patch)) {
    merged.set(name, mergeValue(merged.get(name), value, childOf(shape, name)));
  }
  return Object.fromEntries(merged);
}

function mergeValue(base: unknown, patch: unknown, field: AnyField | undefined): unknown {
  if (base === undefined || base === null) return patch;
  if (field?.merge === "replace") return isPlain(patch) && Object.keys(patch).length === 0 ? base : (patch ?? base);
  if (Array.isArray(base) && Array.isArray(patch)) return mergeLists(base, patch, field);
  if (isPlain(base) && isPlain(patch)) return mergeMaps(base, patch, field?.shape);
  return saysNothing(patch, field) ? base : patch;
}

function mergeLists(base: readonly unknown[], patch: readonly unknown[], field: AnyField | undefined): unknown[] {
  const keys = typeof field?.merge === "object" ? field.merge.keys : [];
  const item = field?.shape.kind === "list" ? field.shape.of : undefined;
  const merged = [...base];
  for (const value of patch) {
    const key = isPlain(value) ? keys.find((name) => value[name] !== undefined) : undefined;
    const index = key !== undefined && isPlain(value) ? indexOfItem(merged, value, [key]) : -1;
    if (index < 0) merged.push(value);
    else merged[index] = mergeValue(merged[index], value, item);
  }
  return merged;
}

const shapeOf = (kind: unknown): Shape | undefined =>
  typeof kind === "string" && isDocumentKind(kind) ? documentSections[kind].shape : undefined;

const excludes = (one: Plain, other: Plain): boolean =>
  one.name === other.name &&
  one.kind !== other.kind &&
  exclusiveKinds.some((kinds) => [one, other].every(({ kind }) => kinds.some((known) => known === kind)));

const nameOf = ({ kind, name }: Plain): string => [kind, name].filter((part) => part !== undefined).join(" ");

const saysNothing = (value: unknown, field: AnyField | undefined): boolean =>
  value === null || value === "" || (value === 0 && !field?.zeroCounts);
