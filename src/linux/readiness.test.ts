import { expect, test } from "bun:test";
import { close, OpenFlag, pipe, read, write } from "./file-descriptor.ts";
import { untilReadable, watchReadable } from "./readiness.ts";

const message = (text: string) => Buffer.from(text);

/** A non-blocking pipe that is closed at the end of the test. */
const openPipe = () => {
  const ends = pipe(OpenFlag.nonBlocking);
  return {
    ...ends,
    [Symbol.dispose]() {
      close(ends.readable);
      close(ends.writable);
    },
  };
};

test("each write wakes the watcher, whether it came before or after the watch", async () => {
  using ends = openPipe();
  const arrived: string[] = [];
  let wake = Promise.withResolvers<void>();
  write(ends.writable, message("early"));
  using _ = watchReadable(ends.readable, () => {
    const buffer = new Uint8Array(64);
    const length = read(ends.readable, buffer) ?? 0;
    arrived.push(Buffer.from(buffer.subarray(0, length)).toString());
    wake.resolve();
  });
  for (const text of ["", "late", "later"]) {
    if (text !== "") write(ends.writable, message(text));
    await wake.promise;
    wake = Promise.withResolvers();
  }
  expect(arrived).toEqual(["early", "late", "later"]);
});

test("many descriptors at once are each told of their own data", async () => {
  const pipes = Array.from({ length: 100 }, openPipe);
  const seen = new Set<number>();
  const all = Promise.withResolvers<void>();
  const watches = pipes.map(({ readable }, index) =>
    watchReadable(readable, () => {
      read(readable, new Uint8Array(8));
      seen.add(index);
      if (seen.size === pipes.length) all.resolve();
    }),
  );
  for (const { writable } of pipes) write(writable, message("x"));
  await all.promise;
  expect(seen.size).toBe(100);
  for (const watch of watches) watch[Symbol.dispose]();
  for (const ends of pipes) ends[Symbol.dispose]();
});

test("what the watcher throws ends its watch and no other", async () => {
  using broken = openPipe();
  using sound = openPipe();
  const failed = Promise.withResolvers<unknown>();
  using _ = watchReadable(
    broken.readable,
    () => {
      throw new Error("no");
    },
    failed.resolve,
  );
  const sounded = untilReadable(sound.readable);
  write(broken.writable, message("x"));
  expect(await failed.promise).toEqual(new Error("no"));
  write(sound.writable, message("x"));
  await sounded;
  expect(read(sound.readable, new Uint8Array(8))).toBe(1);
});

test("waiting ends when the signal aborts", async () => {
  using ends = openPipe();
  const controller = new AbortController();
  const waiting = untilReadable(ends.readable, controller.signal);
  controller.abort();
  expect(await waiting).toBeUndefined();
});
