declare global {
  interface JSON {
    /** ES2026: what stringify writes as it is. */
    rawJSON(text: string): object;
  }
}

/**
 * JSON as Go writes it, so that outputs can be compared: keys in alphabetical order, and what HTML gives a meaning to
 * escaped.
 * @param indent spaces of a level; without it everything is on one line.
 */
export const goJson = (value: unknown, indent?: number): string =>
  (JSON.stringify(value, asGo, indent) ?? "null").replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

function asGo(_: string, value: unknown): unknown {
  if (typeof value === "bigint") return JSON.rawJSON(String(value));
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1)));
}

/** A single value as text: a string as it is, what has parts as JSON. */
export function plainText(value: unknown, indent?: number): string {
  if (typeof value === "object" && value !== null) return goJson(value, indent);
  return value === null ? "<nil>" : String(value);
}
