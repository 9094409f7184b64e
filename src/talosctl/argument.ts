import type { Completer } from "./completion/completer.ts";

/** A positional argument. Its key is how the help names it. */
export interface Argument<T = unknown> {
  readonly doc: string;
  readonly presence: "required" | "optional" | "variadic";
  /** What could be typed here, asked while typing. */
  readonly complete?: Completer;
  /** Carries the type; never set. */
  readonly "~value"?: T;
}

export type Arguments = Readonly<Record<string, Argument>>;
export type ArgumentValues<A> = { readonly [Name in keyof A]: A[Name] extends Argument<infer T> ? T : never };

interface Options {
  readonly complete?: Completer;
}

export const required = (doc: string, options: Options = {}): Argument<string> => ({
  doc,
  presence: "required",
  ...options,
});

export const optional = (doc: string, options: Options = {}): Argument<string | undefined> => ({
  doc,
  presence: "optional",
  ...options,
});

/** All that is left, possibly nothing. */
export const variadic = (doc: string, options: Options = {}): Argument<readonly string[]> => ({
  doc,
  presence: "variadic",
  ...options,
});
