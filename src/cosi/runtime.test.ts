import { expect, test } from "bun:test";
import fc from "fast-check";
import { defineController } from "./controller.ts";
import { memoryState } from "./memory/memory-state.ts";
import type { ResourceKind } from "./resource.ts";
import { Runtime } from "./runtime.ts";
import { runtimeWith } from "./testing.ts";

interface Value {
  readonly value: number;
}
const Input: ResourceKind<Value> = { type: "Inputs.test.cosi.dev", namespace: "runtime" };
const Output: ResourceKind<Value> = { type: "Outputs.test.cosi.dev", namespace: "runtime" };
const Sum: ResourceKind<Value> = { type: "Sums.test.cosi.dev", namespace: "runtime" };

/** Every Input becomes an Output of twice its value. */
const doubling = defineController({
  name: "test.DoublingController",
  inputs: [{ kind: Input, strength: "weak" }],
  outputs: [{ kind: Output, sharing: "exclusive" }],
  async reconcile({ list, put }) {
    for (const { metadata, spec } of await list(Input)) await put(Output, metadata.id, { value: spec.value * 2 });
  },
});

/** All Outputs become one Sum. */
const summing = defineController({
  name: "test.SummingController",
  inputs: [{ kind: Output, strength: "weak" }],
  outputs: [{ kind: Sum, sharing: "exclusive" }],
  async reconcile(context) {
    const outputs = await context.list(Output);
    await context.put(Sum, "sum", { value: outputs.reduce((sum, { spec }) => sum + spec.value, 0) });
  },
});

test("what comes in goes through a chain of controllers", async () => {
  await using runtime = await runtimeWith(doubling, summing);
  await runtime.state.create(Input, "a", { value: 1 });
  await runtime.state.create(Input, "b", { value: 2 });
  await runtime.eventually(Sum, "sum", ({ spec }) => spec.value === 6);
  await runtime.state.destroy(Input, "a");
  await runtime.eventuallyGone(Output, "a");
  await runtime.eventually(Sum, "sum", ({ spec }) => spec.value === 4);
});

test("outputs have the controller as their owner, and equal ones are not written again", async () => {
  await using runtime = await runtimeWith(doubling);
  await runtime.state.create(Input, "a", { value: 1 });
  await runtime.eventually(Output, "a");
  await runtime.state.create(Input, "b", { value: 1 });
  await runtime.eventually(Output, "b");
  const output = await runtime.state.get(Output, "a");
  expect(output?.metadata).toMatchObject({ owner: "test.DoublingController", version: 1 });
});

test("an output that is held outlives its reason until it is let go, and comes back fresh", async () => {
  await using runtime = await runtimeWith(doubling);
  const input = await runtime.state.create(Input, "a", { value: 1 });
  await runtime.eventually(Output, "a");
  await runtime.state.addFinalizer(Output, "a", "holder");
  await runtime.state.destroy(Input, "a");
  await runtime.eventually(Output, "a", ({ metadata }) => metadata.phase === "tearingDown");

  await runtime.state.create(Input, "a", { value: input.spec.value + 1 });
  await runtime.state.create(Input, "b", { value: 5 });
  await runtime.eventually(Output, "b");
  expect((await runtime.state.get(Output, "a"))?.spec.value).toBe(2);

  await runtime.state.removeFinalizer(Output, "a", "holder");
  const fresh = await runtime.eventually(Output, "a", ({ spec }) => spec.value === 4);
  expect(fresh.metadata).toMatchObject({ phase: "running", version: 1 });
});

test("a strong input waits until the controller has undone its work", async () => {
  const released = Promise.withResolvers<void>();
  const holding = defineController({
    name: "test.HoldingController",
    inputs: [{ kind: Input, strength: "strong" }],
    outputs: [],
    async reconcile(context) {
      for (const { metadata } of await context.list(Input)) {
        if (metadata.phase === "running") await context.addFinalizer(Input, metadata.id);
        else {
          await released.promise;
          await context.removeFinalizer(Input, metadata.id);
        }
      }
    },
  });
  await using runtime = await runtimeWith(holding);
  await runtime.state.create(Input, "a", { value: 1 });
  await runtime.eventually(Input, "a", ({ metadata }) => metadata.finalizers.includes("test.HoldingController"));
  expect(await runtime.state.teardown(Input, "a")).toBeFalse();
  released.resolve();
  await runtime.eventually(Input, "a", ({ metadata }) => metadata.finalizers.length === 0);
  await runtime.state.destroy(Input, "a");
});

test("what is not declared is refused, by name", async () => {
  const refusals: string[] = [];
  const greedy = defineController({
    name: "test.GreedyController",
    inputs: [{ kind: Input, id: "mine", strength: "weak" }],
    outputs: [{ kind: Output, sharing: "shared" }],
    async reconcile(context) {
      const attempts = [
        () => context.get(Input, "other"),
        () => context.list(Input),
        () => context.put(Sum, "sum", { value: 1 }),
        () => context.put(Output, "a", { value: 1 }, { namespace: "elsewhere" }),
        () => context.addFinalizer(Input, "mine"),
      ];
      for (const attempt of attempts) {
        await attempt().catch((thrown: Error) => refusals.push(thrown.message));
      }
      await context.get(Input, "mine");
      await context.put(Output, "done", { value: 1 });
    },
  });
  await using runtime = await runtimeWith(greedy);
  await runtime.eventually(Output, "done");
  expect(refusals).toEqual([
    'Cannot read Inputs.test.cosi.dev "other" in test.GreedyController: it is not among the inputs',
    "Cannot read Inputs.test.cosi.dev in test.GreedyController: it is not among the inputs",
    'Cannot write Sums.test.cosi.dev "sum" in test.GreedyController: it is not among the outputs',
    'Cannot write Outputs.test.cosi.dev "a" in test.GreedyController: it is not among the outputs',
    'Cannot hold Inputs.test.cosi.dev "mine" in test.GreedyController: it is not a strong input',
  ]);
});

test("a controller that crashes tries again, and disturbs nobody", async () => {
  let crashes = 0;
  const crashing = defineController({
    name: "test.CrashingController",
    inputs: [],
    outputs: [{ kind: Sum, sharing: "exclusive" }],
    async reconcile(context) {
      crashes += 1;
      if (crashes <= 3) throw new Error(`crash ${crashes}`);
      await context.put(Sum, "sum", { value: crashes });
    },
  });
  await using runtime = await runtimeWith(crashing, doubling);
  await runtime.state.create(Input, "a", { value: 1 });
  await runtime.eventually(Output, "a");
  expect((await runtime.eventually(Sum, "sum")).spec.value).toBe(4);
  expect(runtime.logged).toContain("test.CrashingController: crash 2");
});

test("who keeps all of a kind destroys by itself what is gone", async () => {
  const keeping = defineController({
    name: "test.KeepingController",
    inputs: [{ kind: Input, strength: "weak" }],
    outputs: [{ kind: Output, sharing: "exclusive" }],
    async reconcile({ list, put, destroy, keepAll }) {
      keepAll(Output);
      for (const { metadata, spec } of await list(Input)) {
        if (spec.value < 0) await destroy(Output, metadata.id.replace("no-", ""));
        else if (spec.value > 1) await put(Output, metadata.id, spec);
      }
    },
  });
  await using runtime = await runtimeWith(keeping);
  for (const id of ["a", "b"]) await runtime.state.create(Input, id, { value: 2 });
  await runtime.eventually(Output, "a");
  await runtime.eventually(Output, "b");
  // No pass says anything of them any more, but for one.
  for (const id of ["a", "b"]) await runtime.state.modify(Input, id, () => ({ value: 1 }));
  await runtime.state.create(Input, "no-b", { value: -1 });
  await runtime.eventuallyGone(Output, "b");
  await runtime.state.create(Input, "c", { value: 2 });
  await runtime.eventually(Output, "c");
  expect((await runtime.state.list(Output)).map(({ metadata }) => metadata.id)).toEqual(["a", "c"]);
});

test("a pass that fails destroys nothing", async () => {
  const fragile = defineController({
    name: "test.FragileController",
    inputs: [{ kind: Input, strength: "weak" }],
    outputs: [{ kind: Output, sharing: "exclusive" }],
    async reconcile(context) {
      const inputs = await context.list(Input);
      if (inputs.length === 0) throw new Error("no inputs");
      for (const { metadata, spec } of inputs) await context.put(Output, metadata.id, spec);
    },
  });
  await using runtime = await runtimeWith(fragile);
  await runtime.state.create(Input, "a", { value: 1 });
  await runtime.eventually(Output, "a");
  await runtime.state.destroy(Input, "a");
  await runtime.state.create(Input, "b", { value: 1 });
  await runtime.eventuallyGone(Output, "a");
  expect(await runtime.state.get(Output, "b")).toBeDefined();
});

test("many events wake a busy controller once", async () => {
  let passes = 0;
  const gate = Promise.withResolvers<void>();
  const slow = defineController({
    name: "test.SlowController",
    inputs: [{ kind: Input, strength: "weak" }],
    outputs: [{ kind: Sum, sharing: "exclusive" }],
    async reconcile(context) {
      passes += 1;
      await gate.promise;
      await context.put(Sum, "sum", { value: (await context.list(Input)).length });
    },
  });
  await using runtime = await runtimeWith(slow);
  for (let index = 0; index < 100; index += 1) await runtime.state.create(Input, `${index}`, { value: index });
  gate.resolve();
  await runtime.eventually(Sum, "sum", ({ spec }) => spec.value === 100);
  expect(passes).toBeLessThanOrEqual(3);
});

test("a controller begins once all is written that wakes it, and after those who watch that", async () => {
  const sums: number[] = [];
  const watched: number[] = [];
  const counting = defineController({
    name: "test.CountingController",
    inputs: [{ kind: Output, strength: "weak" }],
    outputs: [{ kind: Sum, sharing: "exclusive" }],
    async reconcile({ list, put }) {
      const value = (await list(Output)).length;
      if (value > 0) sums.push(value, watched.length);
      await put(Sum, "sum", { value });
    },
  });
  const state = memoryState();
  for (let index = 0; index < 500; index += 1) await state.create(Input, `${index}`, { value: index });
  const stopping = new AbortController();
  const watching = (async () => {
    for await (const event of state.watch(Output, { signal: stopping.signal })) {
      if (event.type === "created") watched.push(event.resource.spec.value);
    }
  })();
  const runtime = new Runtime({ state, log: () => undefined });
  for (const controller of [counting, doubling]) runtime.register(controller);
  const running = runtime.run(stopping.signal);
  for await (const event of state.watch(Sum, { signal: stopping.signal, id: "sum" })) {
    if ((event.type === "created" || event.type === "updated") && event.resource.spec.value === 500) break;
  }
  stopping.abort();
  await Promise.all([running, watching]);
  expect(sums).toEqual([500, 500]);
});

test("other sources wake too, and a controller may ask for another pass", async () => {
  const bell = new TransformStream<string, string>();
  let passes = 0;
  const woken = defineController({
    name: "test.WokenController",
    inputs: [],
    outputs: [{ kind: Sum, sharing: "exclusive" }],
    wakeOn: () => bell.readable,
    async reconcile(context) {
      passes += 1;
      if (passes === 2) context.requeueAfter(1);
      await context.put(Sum, "sum", { value: passes });
    },
  });
  await using runtime = await runtimeWith(woken);
  await runtime.eventually(Sum, "sum");
  await bell.writable.getWriter().write("ring");
  await runtime.eventually(Sum, "sum", ({ spec }) => spec.value >= 3);
});

test("a stop waits for the pass under way", async () => {
  const entered = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const slow = defineController({
    name: "test.SlowController",
    inputs: [],
    outputs: [{ kind: Sum, sharing: "exclusive" }],
    async reconcile(context) {
      entered.resolve();
      await gate.promise;
      await context.put(Sum, "sum", { value: 1 });
    },
  });
  const state = memoryState();
  const runtime = new Runtime({ state, log: () => undefined });
  runtime.register(slow);
  const stopping = new AbortController();
  const running = runtime.run(stopping.signal);
  await entered.promise;
  stopping.abort();
  gate.resolve();
  await running;
  expect(await state.get(Sum, "sum")).toBeDefined();
});

test("names and exclusive outputs are taken once", () => {
  const runtime = new Runtime({ state: memoryState(), log: () => undefined });
  runtime.register(doubling);
  expect(() => runtime.register(doubling)).toThrow("already a controller of this name");
  expect(() => runtime.register({ ...doubling, name: "test.Other" })).toThrow(
    "also written by test.DoublingController",
  );
});

test("the dependency graph is what was declared", () => {
  const runtime = new Runtime({ state: memoryState(), log: () => undefined });
  runtime.register(summing);
  runtime.register(doubling);
  expect(runtime.dependencies().map(({ controller, edge, type }) => `${controller} ${edge} ${type}`)).toEqual([
    "test.DoublingController outputExclusive Outputs.test.cosi.dev",
    "test.DoublingController inputWeak Inputs.test.cosi.dev",
    "test.SummingController outputExclusive Sums.test.cosi.dev",
    "test.SummingController inputWeak Outputs.test.cosi.dev",
  ]);
});

test("whatever happens to the inputs, the outputs come to agree with them", async () => {
  const operation = fc.tuple(
    fc.constantFrom("put", "put", "destroy", "hold", "release"),
    fc.constantFrom("a", "b", "c"),
    fc.nat(9),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { maxLength: 40 }), async (operations) => {
      await using runtime = await runtimeWith(doubling, summing);
      const { state } = runtime;
      const model = new Map<string, number>();
      for (const [name, id, value] of operations) {
        if (name === "put") {
          model.set(id, value);
          await state.modify(Input, id, () => ({ value }));
        }
        if (name === "destroy" && model.delete(id)) await state.destroy(Input, id);
        if (name === "hold") await state.addFinalizer(Output, id, "holder").catch(() => undefined);
        if (name === "release") await state.removeFinalizer(Output, id, "holder");
      }
      for (const id of ["a", "b", "c"]) await state.removeFinalizer(Output, id, "holder");
      for (const id of ["a", "b", "c"]) {
        const value = model.get(id);
        if (value === undefined) await runtime.eventuallyGone(Output, id);
        else {
          const settled = await runtime.eventually(
            Output,
            id,
            ({ metadata, spec }) => metadata.phase === "running" && spec.value === value * 2,
          );
          expect(settled.metadata.owner).toBe("test.DoublingController");
        }
      }
      const sum = [...model.values()].reduce((total, value) => total + value * 2, 0);
      await runtime.eventually(Sum, "sum", ({ spec }) => spec.value === sum);
    }),
    { numRuns: 50 },
  );
});
