import { expect, test } from "bun:test";
import { defineController } from "../controller.ts";
import type { ResourceKind } from "../resource.ts";
import { runtimeWith } from "../testing.ts";

const Order: ResourceKind<{ readonly number: number }> = { type: "Orders.test.cosi.dev", namespace: "runtime" };
const Passes: ResourceKind<{ readonly count: number }> = { type: "Passes.test.cosi.dev", namespace: "runtime" };

test("a failure that lasts is told once, and again when it returns after a success", async () => {
  const failures = ["away", "away", "refused", "refused", undefined, "refused", undefined];
  let count = 0;
  const controller = defineController({
    name: "test.FailingController",
    inputs: [{ kind: Order, strength: "weak" }],
    outputs: [{ kind: Passes, sharing: "exclusive" }],
    async reconcile(context) {
      const failure = failures[count];
      count += 1;
      if (failure !== undefined) throw new Error(failure);
      await context.put(Passes, "passes", { count });
    },
  });
  await using runtime = await runtimeWith(controller);
  await runtime.eventually(Passes, "passes", ({ spec }) => spec.count === 5);
  await runtime.state.create(Order, "again", { number: 1 });
  await runtime.eventually(Passes, "passes", ({ spec }) => spec.count === 7);
  expect(runtime.logged).toEqual(["away", "refused", "refused"].map((each) => `test.FailingController: ${each}`));
});
