import { expect, test } from "bun:test";
import fc from "fast-check";
import { conformance, PathKind } from "../conformance.ts";
import type { Resource } from "../resource.ts";
import type { State } from "../state.ts";
import { memoryState } from "./memory-state.ts";

conformance("memory", async () => ({ state: memoryState(), async [Symbol.asyncDispose]() {} }));

test("a reader that is lapped by history learns of it, and its watch ends", async () => {
  const state = memoryState();
  const events = state.watch(PathKind, { signal: new AbortController().signal })[Symbol.asyncIterator]();
  for (let index = 0; index < 1100; index += 1) await state.create(PathKind, `${index}`, { path: "" });
  expect(await events.next()).toMatchObject({ value: { type: "errored" } });
  expect((await events.next()).done).toBeTrue();
});

test("a bookmark older than history is refused", async () => {
  const state = memoryState();
  const { signal } = new AbortController();
  const first = await state.watch(PathKind, { bootstrapBookmark: true, signal })[Symbol.asyncIterator]().next();
  if (first.done === true || first.value.type !== "noop") throw new Error("no bookmark");
  for (let index = 0; index < 1100; index += 1) await state.create(PathKind, `${index}`, { path: "" });
  const startFromBookmark = first.value.bookmark ?? new Uint8Array();
  expect(() => state.watch(PathKind, { startFromBookmark, signal })).toThrow("invalid watch bookmark");
});

test("what is in the state cannot be changed behind its back", async () => {
  const state = memoryState();
  const { spec } = await state.create(PathKind, "a", { path: "/a" });
  expect(() => Object.assign(spec, { path: "/b" })).toThrow(TypeError);
});

test("lists are in order of ids, whatever came and went between them", async () => {
  const step = fc.tuple(fc.constantFrom("create", "create", "destroy", "list"), fc.nat(20));
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 80 }), async (steps) => {
      const state = memoryState();
      const model = new Set<string>();
      const listed = async () => (await state.list(PathKind)).map(({ metadata }) => metadata.id);
      for (const [operation, number] of steps) {
        const id = `${number}`;
        if (operation === "list") expect(await listed()).toEqual([...model].sort());
        else if (operation === "create" && !model.has(id)) {
          await state.create(PathKind, id, { path: "" });
          model.add(id);
        } else if (operation === "destroy" && model.delete(id)) await state.destroy(PathKind, id);
      }
      expect(await listed()).toEqual([...model].sort());
    }),
  );
});

/** Applies a random operation; refused ones are as good a case as the others. */
async function apply(state: State, [operation, id, value]: readonly [string, string, number]): Promise<void> {
  const change = { path: `${value}` };
  if (operation === "modify") await state.modify(PathKind, id, () => change);
  if (operation === "hold") await state.addFinalizer(PathKind, id, `holder-${value}`);
  if (operation === "release") await state.removeFinalizer(PathKind, id, `holder-${value}`);
  if (operation === "teardown") await state.teardown(PathKind, id);
  if (operation === "destroy") await state.destroy(PathKind, id);
}

test("whatever happens, a watcher that follows the events knows the contents", async () => {
  const operation = fc.tuple(
    fc.constantFrom("modify", "modify", "hold", "release", "teardown", "destroy"),
    fc.constantFrom("a", "b", "c"),
    fc.nat(3),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { maxLength: 60 }), fc.nat(30), async (operations, beginAt) => {
      const state = memoryState();
      const watching = new AbortController();
      let events = state.watch(PathKind, { bootstrapContents: true, signal: watching.signal });
      for (const [index, each] of operations.entries()) {
        if (index === beginAt) events = state.watch(PathKind, { bootstrapContents: true, signal: watching.signal });
        await apply(state, each).catch(() => undefined);
      }
      await state.create(PathKind, "last", { path: "" });

      const followed = new Map<string, Resource>();
      for await (const event of events) {
        if (event.type === "created" || event.type === "updated") {
          const before = followed.get(event.resource.metadata.id)?.metadata.version ?? 0;
          expect(event.resource.metadata.version).toBeGreaterThan(before);
          followed.set(event.resource.metadata.id, event.resource);
        }
        if (event.type === "destroyed") followed.delete(event.resource.metadata.id);
        if (followed.has("last")) break;
      }
      const contents = await state.list(PathKind);
      expect([...followed.values()].sort((x, y) => (x.metadata.id < y.metadata.id ? -1 : 1))).toEqual(contents);
    }),
  );
});
