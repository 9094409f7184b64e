import { type Controller, defineController } from "../../cosi/controller.ts";
import type { ResourceKind } from "../../cosi/resource.ts";

interface Fact<S> {
  readonly name: string;
  readonly kind: ResourceKind<S>;
  readonly id: string;
  readonly read: () => S;
}

/** Shows something that stays as it is while the machine runs. */
export const factController = <S>({ name, kind, id, read }: Fact<S>): Controller =>
  defineController({
    name,
    inputs: [],
    outputs: [{ kind, sharing: "exclusive" }],
    async reconcile(context) {
      await context.put(kind, id, read());
    },
  });
