import { parseDuration } from "../clock/duration.ts";
import type { Completer } from "./completion/completer.ts";

/** One flag of a command. Its name on the command line is its key in kebab-case. */
export interface Flag<T = unknown> {
  readonly kind: "boolean" | "text" | "list";
  readonly doc: string;
  readonly short?: string;
  /** What stands for the value in the help. */
  readonly placeholder?: string;
  readonly default: T;
  /** How the default reads in the help; nothing when empty. */
  readonly defaultText: string;
  /** The words it takes, for help and completion. */
  readonly words?: readonly string[];
  readonly complete?: Completer;
  /** Not shown in help and completion. */
  readonly hidden?: boolean;
  /** The value of the texts given, one per use. @throws Error saying what is expected. */
  read(texts: readonly string[]): T;
}

export type Flags = Readonly<Record<string, Flag>>;
export type FlagValues<F> = { readonly [Name in keyof F]: F[Name] extends Flag<infer T> ? T : never };

interface Facts {
  readonly doc: string;
  readonly short?: string;
  readonly hidden?: boolean;
}

/** On or off. One that is on by default is turned off with `--name=false`. */
export const boolean = (facts: Facts & { readonly default?: boolean }): Flag<boolean> => ({
  ...facts,
  kind: "boolean",
  default: facts.default ?? false,
  defaultText: facts.default ? "true" : "",
  read: (texts) => last(texts) !== "false",
});

interface TextFacts extends Facts {
  readonly placeholder?: string;
  /** What could be typed as its value, asked while typing. */
  readonly complete?: Completer;
}

export function text(facts: TextFacts & { readonly default: string }): Flag<string>;
export function text(facts: TextFacts): Flag<string | undefined>;
export function text(facts: TextFacts & { readonly default?: string }): Flag<string | undefined> {
  return {
    placeholder: "text",
    ...facts,
    kind: "text",
    default: facts.default,
    defaultText: facts.default ?? "",
    read: last,
  };
}

/** One of a few words. */
export const oneOf = <const Word extends string>(
  words: readonly Word[],
  facts: TextFacts & { readonly default: NoInfer<Word> },
): Flag<Word> => ({
  placeholder: "word",
  ...facts,
  kind: "text",
  words,
  defaultText: facts.default,
  read: (texts) => {
    const word = words.find((candidate) => candidate === last(texts));
    if (word === undefined) throw new Error(`expected one of ${words.join(", ")}`);
    return word;
  },
});

export const integer = (facts: TextFacts & { readonly default: number }): Flag<number> => ({
  placeholder: "number",
  ...facts,
  kind: "text",
  defaultText: String(facts.default),
  read: (texts) => {
    const given = last(texts);
    if (given === undefined || !/^-?\d+$/.test(given)) throw new Error("expected a whole number");
    return Number(given);
  },
});

/** Milliseconds of a duration such as `1h30m`. */
export const duration = (facts: TextFacts & { readonly default: string }): Flag<number> => ({
  placeholder: "duration",
  ...facts,
  kind: "text",
  default: parseDuration(facts.default),
  defaultText: facts.default,
  read: (texts) => parseDuration(last(texts) ?? ""),
});

/** Texts separated by commas, or given one by one. */
export const list = (facts: TextFacts & { readonly default?: readonly string[] }): Flag<readonly string[]> => ({
  placeholder: "list",
  ...facts,
  kind: "list",
  default: facts.default ?? [],
  defaultText: (facts.default ?? []).join(","),
  read: (texts) => texts.flatMap((given) => given.split(",")).filter((item) => item !== ""),
});

/** Texts given one by one; commas are part of them. */
export const repeated = (facts: TextFacts): Flag<readonly string[]> => ({
  placeholder: "text",
  ...facts,
  kind: "list",
  default: [],
  defaultText: "",
  read: (texts) => texts,
});

/** `certTtl` is `cert-ttl` on the command line. */
export const flagName = (key: string): string => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

const last = (texts: readonly string[]): string | undefined => texts.at(-1);
