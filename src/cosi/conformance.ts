import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { isAlreadyExists, isConflict, isNotFound, isOwnerConflict, isPhaseConflict } from "./errors.ts";
import type { ResourceKind } from "./resource.ts";
import type { State, WatchOptions } from "./state.ts";
import type { WatchEvent } from "./watch-event.ts";

/** The kind that the cases below use. An implementation over a wire must be able to carry it. */
export interface Path {
  readonly path: string;
}
export const PathKind: ResourceKind<Path> = { type: "Paths.test.cosi.dev", namespace: "conformance" };

export interface StateUnderTest extends AsyncDisposable {
  readonly state: State;
}

/** What every State does, whatever is behind it. Call it from a test file of the implementation. */
export function conformance(name: string, open: () => Promise<StateUnderTest>): void {
  describe(`${name} as a state`, () => {
    let opened: StateUnderTest;
    let state: State;
    let controller: AbortController;

    beforeEach(async () => {
      opened = await open();
      state = opened.state;
      controller = new AbortController();
    });
    afterEach(async () => {
      controller.abort();
      await opened[Symbol.asyncDispose]();
    });

    const watch = (options: Omit<WatchOptions, "signal"> = {}) =>
      new WatchReader(state.watch(PathKind, { ...options, signal: controller.signal }));

    readingAndWriting(() => state);
    ownersAndPhases(() => state);
    selecting(() => state);
    watching(() => state, watch);
    resuming(
      () => state,
      watch,
      () => controller,
    );
  });
}

function readingAndWriting(state: () => State): void {
  test("a resource that is created can be read", async () => {
    const created = await state().create(
      PathKind,
      "a",
      { path: "/a" },
      { labels: { stage: "dev" }, annotations: { note: "x" } },
    );
    expect(created.metadata).toMatchObject({ namespace: "conformance", type: PathKind.type, id: "a", version: 1 });
    expect(created.metadata).toMatchObject({ phase: "running", owner: "", finalizers: [] });
    expect(await state().get(PathKind, "a")).toEqual(created);
    expect(created.metadata).toMatchObject({ labels: { stage: "dev" }, annotations: { note: "x" } });
  });

  test("what is not there reads as undefined, also in another namespace", async () => {
    await state().create(PathKind, "a", { path: "/a" });
    expect(await state().get(PathKind, "b")).toBeUndefined();
    expect(await state().get(PathKind, "a", { namespace: "other" })).toBeUndefined();
  });

  test("an id is taken once", async () => {
    await state().create(PathKind, "a", { path: "/a" });
    const error = await failureOf(state().create(PathKind, "a", { path: "/b" }));
    expect(isAlreadyExists(error)).toBeTrue();
    expect(String(error)).toContain("resource Paths.test.cosi.dev(conformance/a) already exists");
  });

  test("an update raises the version and keeps the time of creation", async () => {
    const created = await state().create(PathKind, "a", { path: "/a" });
    const updated = await state().update({ ...created, spec: { path: "/b" } });
    expect(updated.metadata.version).toBe(2);
    expect(updated.metadata.created).toEqual(created.metadata.created);
    expect((await state().get(PathKind, "a"))?.spec.path).toBe("/b");
  });

  test("an update from an old version is refused", async () => {
    const created = await state().create(PathKind, "a", { path: "/a" });
    await state().update({ ...created, spec: { path: "/b" } });
    const error = await failureOf(state().update({ ...created, spec: { path: "/c" } }));
    expect(isConflict(error)).toBeTrue();
    expect(String(error)).toContain('update conflict: expected version "1", actual version "2"');
  });

  test("an update or a destroy of nothing is refused", async () => {
    const created = await state().create(PathKind, "a", { path: "/a" });
    await state().destroy(PathKind, "a");
    expect(isNotFound(await failureOf(state().update(created)))).toBeTrue();
    const error = await failureOf(state().destroy(PathKind, "a"));
    expect(isNotFound(error)).toBeTrue();
    expect(String(error)).toContain("resource Paths.test.cosi.dev(conformance/a) doesn't exist");
  });

  test("modify creates, changes, and leaves alone what is equal", async () => {
    await state().modify(PathKind, "a", () => ({ path: "/a" }));
    const changed = await state().modify(PathKind, "a", (current) => ({ path: `${current?.path}/b` }));
    expect(changed.spec.path).toBe("/a/b");
    const same = await state().modify(PathKind, "a", () => ({ path: "/a/b" }));
    expect(same.metadata.version).toBe(2);
  });

  test("modifications at the same time all count", async () => {
    await Promise.all(
      Array.from({ length: 20 }, () =>
        state().modify(PathKind, "a", (current) => ({ path: `${current?.path ?? ""}x` })),
      ),
    );
    expect((await state().get(PathKind, "a"))?.spec.path).toBe("x".repeat(20));
  });
}

function ownersAndPhases(state: () => State): void {
  test("only its owner may change or destroy a resource", async () => {
    const created = await state().create(PathKind, "a", { path: "/a" }, { owner: "A" });
    const error = await failureOf(state().update(created, { owner: "B" }));
    expect(isOwnerConflict(error)).toBeTrue();
    expect(String(error)).toContain('resource Paths.test.cosi.dev(conformance/a) is owned by "A"');
    expect(isOwnerConflict(await failureOf(state().destroy(PathKind, "a")))).toBeTrue();
    expect(isOwnerConflict(await failureOf(state().modify(PathKind, "a", () => ({ path: "/b" }))))).toBeTrue();
    await state().update(created, { owner: "A" });
    await state().destroy(PathKind, "a", { owner: "A" });
  });

  test("finalizers hold a resource until they are gone", async () => {
    await state().create(PathKind, "a", { path: "/a" }, { owner: "A" });
    await state().addFinalizer(PathKind, "a", "holder");
    await state().addFinalizer(PathKind, "a", "holder");
    expect((await state().get(PathKind, "a"))?.metadata.finalizers).toEqual(["holder"]);

    expect(await state().teardown(PathKind, "a", { owner: "A" })).toBeFalse();
    const error = await failureOf(state().destroy(PathKind, "a", { owner: "A" }));
    expect(isConflict(error)).toBeTrue();
    expect(String(error)).toContain("has pending finalizers");

    await state().removeFinalizer(PathKind, "a", "holder");
    await state().removeFinalizer(PathKind, "a", "holder");
    expect(await state().teardown(PathKind, "a", { owner: "A" })).toBeTrue();
    await state().destroy(PathKind, "a", { owner: "A" });
    await state().removeFinalizer(PathKind, "a", "holder");
  });

  test("what is being torn down accepts neither updates nor new finalizers", async () => {
    await state().create(PathKind, "a", { path: "/a" });
    expect(await state().teardown(PathKind, "a")).toBeTrue();
    const torn = await state().get(PathKind, "a");
    expect(torn?.metadata.phase).toBe("tearingDown");
    if (torn === undefined) return;
    const error = await failureOf(state().update(torn));
    expect(isPhaseConflict(error)).toBeTrue();
    expect(String(error)).toContain("is not in phase running");
    expect(isPhaseConflict(await failureOf(state().addFinalizer(PathKind, "a", "late")))).toBeTrue();
    await state().update(torn, { expectedPhase: "any" });
  });
}

function selecting(state: () => State): void {
  const ids = async (options: Parameters<State["list"]>[1]) =>
    (await state().list(PathKind, options)).map(({ metadata }) => metadata.id);

  test("a list is in order of ids and stays in its namespace", async () => {
    for (const id of ["c", "a", "b"]) await state().create(PathKind, id, { path: id });
    await state().create(PathKind, "d", { path: "d" }, { namespace: "other" });
    expect(await ids({})).toEqual(["a", "b", "c"]);
    expect(await ids({ namespace: "other" })).toEqual(["d"]);
    expect(await ids({ ids: /^[ab]$/ })).toEqual(["a", "b"]);
  });

  test("labels select", async () => {
    await state().create(PathKind, "a", { path: "a" }, { labels: { app: "web", size: "512MiB" } });
    await state().create(PathKind, "b", { path: "b" }, { labels: { app: "db", size: "1GiB" } });
    await state().create(PathKind, "c", { path: "c" });
    expect(await ids({ labels: [[{ key: "app", op: "exists" }]] })).toEqual(["a", "b"]);
    expect(await ids({ labels: [[{ key: "app", op: "exists", invert: true }]] })).toEqual(["c"]);
    expect(await ids({ labels: [[{ key: "app", op: "equal", values: ["web"] }]] })).toEqual(["a"]);
    expect(await ids({ labels: [[{ key: "app", op: "equal", values: ["web"], invert: true }]] })).toEqual(["b", "c"]);
    expect(await ids({ labels: [[{ key: "app", op: "in", values: ["web", "db"] }]] })).toEqual(["a", "b"]);
    expect(await ids({ labels: [[{ key: "size", op: "ltNumeric", values: ["1GiB"] }]] })).toEqual(["a"]);
    expect(await ids({ labels: [[{ key: "size", op: "ltNumeric", values: ["1GiB"], invert: true }]] })).toEqual(["b"]);
    const either = [
      [{ key: "app", op: "equal", values: ["db"] }],
      [{ key: "size", op: "equal", values: ["512MiB"] }],
    ] as const;
    expect(await ids({ labels: either })).toEqual(["a", "b"]);
  });
}

type Watch = (options?: Omit<WatchOptions, "signal">) => WatchReader;

function watching(state: () => State, watch: Watch): void {
  test("a watch tells of every change in order", async () => {
    const events = watch({ bootstrapContents: true });
    expect((await events.next()).type).toBe("bootstrapped");
    const created = await state().create(PathKind, "a", { path: "/a" });
    await state().update({ ...created, spec: { path: "/b" } });
    await state().destroy(PathKind, "a");
    expect(await events.next()).toMatchObject({ type: "created", resource: { spec: { path: "/a" } } });
    expect(await events.next()).toMatchObject({
      type: "updated",
      resource: { spec: { path: "/b" } },
      old: { spec: { path: "/a" } },
    });
    expect(await events.next()).toMatchObject({ type: "destroyed", resource: { spec: { path: "/b" } } });
  });

  test("existing contents come first, then the mark that they are complete", async () => {
    for (const id of ["b", "a"]) await state().create(PathKind, id, { path: id });
    const events = watch({ bootstrapContents: true });
    expect(await events.summaries(3)).toEqual(["created a", "created b", "bootstrapped"]);
    await state().create(PathKind, "c", { path: "c" });
    expect(await events.summaries(1)).toEqual(["created c"]);
  });

  test("a watch of one resource begins with its present form, or with its absence", async () => {
    const missing = watch({ id: "a" });
    expect(await missing.summaries(1)).toEqual(["destroyed a"]);
    await state().create(PathKind, "b", { path: "b" });
    await state().create(PathKind, "a", { path: "a" });
    expect(await missing.summaries(1)).toEqual(["created a"]);
    expect(await watch({ id: "b" }).summaries(1)).toEqual(["created b"]);
  });

  test("what begins or ceases to match a selection appears or goes", async () => {
    const events = watch({ bootstrapContents: true, labels: [[{ key: "on", op: "exists" }]] });
    await events.next();
    const off = await state().create(PathKind, "a", { path: "a" });
    const on = await state().update({ ...off, metadata: { ...off.metadata, labels: { on: "" } } });
    await state().update({ ...on, metadata: { ...on.metadata, labels: {} } });
    expect(await events.summaries(2)).toEqual(["created a", "destroyed a"]);
  });

  test("an aborted watch ends", async () => {
    const ending = new AbortController();
    const events = state().watch(PathKind, { bootstrapContents: true, signal: ending.signal })[Symbol.asyncIterator]();
    await events.next();
    const next = events.next();
    ending.abort();
    expect((await next).done).toBeTrue();
  });
}

function resuming(state: () => State, watch: Watch, controller: () => AbortController): void {
  test("a watch continues where a bookmark says", async () => {
    const events = watch({ bootstrapBookmark: true });
    const start = await events.next();
    expect(start.type).toBe("noop");
    for (const id of ["a", "b", "c"]) await state().create(PathKind, id, { path: id });
    const first = await events.next();
    expect(await watch({ startFromBookmark: bookmarkOf(start) }).summaries(3)).toEqual([
      "created a",
      "created b",
      "created c",
    ]);
    expect(await watch({ startFromBookmark: bookmarkOf(first) }).summaries(2)).toEqual(["created b", "created c"]);
  });

  test("a bookmark from elsewhere is refused", async () => {
    const options = { startFromBookmark: new Uint8Array(16), signal: controller().signal };
    const watching = async () => new WatchReader(state().watch(PathKind, options)).next();
    expect(String(await failureOf(watching()))).toContain("invalid watch bookmark");
  });

  test("a watch can begin with the latest events", async () => {
    for (const id of ["a", "b", "c"]) await state().create(PathKind, id, { path: id });
    await state().destroy(PathKind, "a");
    expect(await watch({ tailEvents: 2 }).summaries(2)).toEqual(["created c", "destroyed a"]);
    expect(await watch({ id: "a", tailEvents: 1 }).summaries(1)).toEqual(["destroyed a"]);
  });
}

/** Reads a watch event by event; the end of the watch is an error. */
class WatchReader {
  readonly #events: AsyncIterator<WatchEvent<Path>>;

  constructor(events: AsyncIterable<WatchEvent<Path>>) {
    this.#events = events[Symbol.asyncIterator]();
  }

  async next(): Promise<WatchEvent<Path>> {
    const result = await this.#events.next();
    if (result.done === true) throw new Error("the watch has ended");
    return result.value;
  }

  async summaries(count: number): Promise<string[]> {
    const summaries: string[] = [];
    for (let index = 0; index < count; index += 1) {
      const event = await this.next();
      summaries.push("resource" in event ? `${event.type} ${event.resource.metadata.id}` : event.type);
    }
    return summaries;
  }
}

function bookmarkOf(event: WatchEvent): Uint8Array {
  if (event.type === "errored" || event.bookmark === undefined) throw new Error(`${event.type} carries no bookmark`);
  return event.bookmark;
}

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error("it was not refused");
    },
    (thrown: unknown) => thrown,
  );
}
