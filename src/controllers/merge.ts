import { defineController } from "../cosi/controller.ts";
import type { ResourceKind } from "../cosi/resource.ts";
import { type Layered, layers, wishes } from "./layered.ts";
import { warnOnce } from "./warn-once.ts";

export interface Merge<S extends Layered> {
  readonly name: string;
  readonly kind: ResourceKind<S>;
  /** From all wishes, the lowest layer first, to what should be, by id. */
  readonly merge: (wanted: readonly S[]) => ReadonlyMap<string, S>;
  /** What of the wishes contradicts each other, so that only one can count; for people, naming both. */
  readonly contradiction?: (wanted: readonly Wish<S>[]) => string | undefined;
}

export interface Wish<S> {
  readonly id: string;
  readonly spec: S;
}

/** Makes one set of specs out of the wishes of all layers. */
export const mergeController = <S extends Layered>({ name, kind, merge, contradiction }: Merge<S>) => {
  const warn = warnOnce();
  return defineController({
    name,
    inputs: [{ kind, ...wishes, strength: "weak" }],
    outputs: [{ kind, sharing: "exclusive" }],
    async reconcile(context) {
      const wanted = (await context.list(kind, wishes))
        .filter(({ metadata }) => metadata.phase === "running")
        .sort((a, b) => compareText(a.metadata.id, b.metadata.id))
        .map(({ metadata, spec }) => ({ id: metadata.id, spec }));
      const byLayer = layers.flatMap((layer) => wanted.filter(({ spec }) => spec.layer === layer));
      for (const [id, spec] of merge(byLayer.map(({ spec }) => spec))) await context.put(kind, id, spec);
      warn(context, contradiction?.(byLayer));
    },
  });
};

const compareText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
