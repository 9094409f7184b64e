import type { Codec } from "./codec.ts";
import { listOf } from "./list.ts";

/**
 * When a field is part of the spec.
 * - `always`: required, and shown even when empty;
 * - `nonZero`: may be left out, and is not shown when empty;
 * - `present`: may be left out; empty is something else than absent.
 */
export type Presence = "always" | "nonZero" | "present";

/** One field of a spec: its number on the wire, its type, and when it is shown. An immutable value. */
export class Field<T, P extends Presence = Presence> {
  readonly number: number;
  readonly codec: Codec<T>;
  readonly presence: P;
  /** What it means, for the reference documentation; units here, because the names are given. */
  readonly doc: string;

  constructor(number: number, codec: Codec<T>, presence: P, doc: string) {
    this.number = number;
    this.codec = codec;
    this.presence = presence;
    this.doc = doc;
    Object.freeze(this);
  }

  /** May be left out; empty and absent are the same. */
  optional(): Field<T, "nonZero"> {
    return new Field(this.number, this.codec, "nonZero", this.doc);
  }

  /** May be left out; empty and absent are different. */
  nullable(): Field<T, "present"> {
    return new Field(this.number, this.codec, "present", this.doc);
  }

  /** Any number of these. */
  list(): Field<readonly T[], P> {
    return new Field(this.number, listOf(this.codec), this.presence, this.doc);
  }
}

/** Makes the functions by which types describe their fields: `string(1, "what it is")`. */
export function fieldOf<T>(codec: Codec<T>): (number: number, doc?: string) => Field<T, "always"> {
  return (number, doc = "") => new Field(number, codec, "always", doc);
}

export type Fields = Readonly<Record<string, Field<unknown>>>;

/** The TypeScript type of a spec with these fields. */
export type SpecOf<F extends Fields> = Simplify<
  { readonly [K in keyof F as F[K] extends Field<unknown, "always"> ? K : never]: ValueOf<F[K]> } & {
    readonly [K in keyof F as F[K] extends Field<unknown, "always"> ? never : K]?: ValueOf<F[K]>;
  }
>;

type ValueOf<F> = F extends Field<infer T> ? T : never;
type Simplify<T> = { [K in keyof T]: T[K] };
