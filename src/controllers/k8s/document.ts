import type { Document } from "../../resources/fields/struct.ts";

/** A document of the configuration that has no schema of ours, if it is one. */
export const documentOrUndefined = (value: unknown): Document | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length > 0
    ? (value as Document)
    : undefined;

/** Lays one document over another: objects merge, everything else is replaced. */
export function mergeDocuments(base: Document, over: Document): Document {
  const merged: Record<string, Document[string]> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const [below, above] = [documentOrUndefined(merged[key]), documentOrUndefined(value)];
    merged[key] = below === undefined || above === undefined ? value : mergeDocuments(below, above);
  }
  return merged;
}
