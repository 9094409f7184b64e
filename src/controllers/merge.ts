import { defineController } from "../cosi/controller.ts";
import type { ResourceKind } from "../cosi/resource.ts";
import { type Layered, layers, wishes } from "./layered.ts";

export interface Merge<S extends Layered> {
  readonly name: string;
  readonly kind: ResourceKind<S>;
  /** From all wishes, the lowest layer first, to what should be, by id. */
  readonly merge: (wanted: readonly S[]) => ReadonlyMap<string, S>;
}

/** Makes one set of specs out of the wishes of all layers. */
export const mergeController = <S extends Layered>({ name, kind, merge }: Merge<S>) =>
  defineController({
    name,
    inputs: [{ kind, ...wishes, strength: "weak" }],
    outputs: [{ kind, sharing: "exclusive" }],
    async reconcile(context) {
      const wanted = (await context.list(kind, wishes))
        .filter(({ metadata }) => metadata.phase === "running")
        .sort((a, b) => compareText(a.metadata.id, b.metadata.id))
        .map(({ spec }) => spec);
      const byLayer = layers.flatMap((layer) => wanted.filter((spec) => spec.layer === layer));
      for (const [id, spec] of merge(byLayer)) await context.put(kind, id, spec);
    },
  });

const compareText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
