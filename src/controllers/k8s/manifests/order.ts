import type { Document } from "../../../resources/fields/struct.ts";

/** An object, and the manifest that it comes from. */
export interface OrderedObject {
  readonly manifest: string;
  readonly object: Document;
}

/** Objects as they are applied: namespaces and definitions of kinds, which others need, before everything else. */
export function inOrder(
  manifests: readonly { readonly id: string; readonly objects: readonly Document[] }[],
): readonly OrderedObject[] {
  const sorted = manifests.toSorted((one, other) => (one.id < other.id ? -1 : 1));
  const all = sorted.flatMap(({ id, objects }) => objects.map((object) => ({ manifest: id, object })));
  // The sort is stable: what is of one rank stays in the order of the manifests.
  return all.toSorted((one, other) => rankOf(one.object) - rankOf(other.object));
}

export const isDefinition = ({ kind, apiVersion }: Document): boolean =>
  kind === "CustomResourceDefinition" && String(apiVersion).startsWith("apiextensions.k8s.io/");

function rankOf(object: Document): number {
  if (object.kind === "Namespace" && object.apiVersion === "v1") return 0;
  return isDefinition(object) ? 1 : 2;
}
