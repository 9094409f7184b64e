export type Key = "left" | "right" | "up" | "down" | "quit";

/** What terminals send for a key, in either of their modes, and the letters of vi. */
const keys: ReadonlyMap<string, Key> = new Map([
  ...(["\u001b[D", "\u001bOD", "h"] as const).map((sequence) => [sequence, "left"] as const),
  ...(["\u001b[C", "\u001bOC", "l", "\t"] as const).map((sequence) => [sequence, "right"] as const),
  ...(["\u001b[A", "\u001bOA", "k"] as const).map((sequence) => [sequence, "up"] as const),
  ...(["\u001b[B", "\u001bOB", "j"] as const).map((sequence) => [sequence, "down"] as const),
  ...(["q", "Q", "\u0003", "\u0004"] as const).map((sequence) => [sequence, "quit"] as const),
]);

/** One press after the other: an escape sequence, or a character. */
const press = /\u001b(?:\[[0-9;?]*[ -/]*[@-~]|O.|.)?|[^\u001b]/gsu;

/** The keys in what a terminal sent; those that mean nothing are passed over. */
export const keysIn = (input: string): Key[] =>
  (input.match(press) ?? []).flatMap((sequence) => keys.get(sequence) ?? []);
