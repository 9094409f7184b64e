import { expect, test } from "bun:test";
import { defineController } from "../../cosi/controller.ts";
import type { ResourceKind } from "../../cosi/resource.ts";
import { runtimeWith } from "../../cosi/testing.ts";
import { Shown } from "./shown.ts";

interface Value {
  readonly value: number;
}
const Input: ResourceKind<Value> = { type: "Inputs.test.cosi.dev", namespace: "runtime" };
const Output: ResourceKind<Value> = { type: "Outputs.test.cosi.dev", namespace: "runtime" };

/** Shows its inputs as they are; `written` are the ids that it wrote. */
function showing(written: string[]) {
  const shown = new Shown(Output);
  return defineController({
    name: "test.ShowingController",
    inputs: [{ kind: Input, strength: "weak" }],
    outputs: [{ kind: Output, sharing: "exclusive" }],
    async reconcile({ list, put, keep }) {
      const counted: typeof put = (kind, id, spec, options) => {
        written.push(id);
        return put(kind, id, spec, options);
      };
      const specs = (await list(Input)).map(({ metadata, spec }) => [metadata.id, spec] as const);
      await shown.put({ put: counted, keep }, specs);
    },
  });
}

test("only what is another object is written, and what is not shown any more goes", async () => {
  const written: string[] = [];
  await using machine = await runtimeWith(showing(written));
  for (const id of ["a", "b"]) await machine.state.create(Input, id, { value: 1 });
  await machine.eventually(Output, "b");
  await machine.eventually(Output, "a");
  written.length = 0;
  await machine.state.modify(Input, "b", () => ({ value: 2 }));
  await machine.eventually(Output, "b", ({ spec }) => spec.value === 2);
  expect(written).toEqual(["b"]);
  await machine.state.destroy(Input, "a");
  await machine.eventuallyGone(Output, "a");
  expect(written).toEqual(["b"]);
});

test("what somebody still holds is shown again when it is let go", async () => {
  await using machine = await runtimeWith(showing([]));
  await machine.state.create(Input, "a", { value: 1 });
  await machine.eventually(Output, "a");
  await machine.state.addFinalizer(Output, "a", "holder");
  await machine.state.destroy(Input, "a");
  await machine.eventually(Output, "a", ({ metadata }) => metadata.phase === "tearingDown");
  await machine.state.create(Input, "a", { value: 2 });
  await machine.state.create(Input, "b", { value: 1 });
  await machine.eventually(Output, "b");
  await machine.state.removeFinalizer(Output, "a", "holder");
  await machine.eventually(Output, "a", ({ metadata, spec }) => metadata.phase === "running" && spec.value === 2);
});
