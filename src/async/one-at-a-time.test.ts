import { expect, test } from "bun:test";
import { OneAtATime } from "./one-at-a-time.ts";

test("works run in the order they came, and one that fails holds up no other", async () => {
  const turns = new OneAtATime();
  const done: string[] = [];
  let running = 0;
  const work = (name: string, fails = false) =>
    turns.run(async () => {
      running += 1;
      expect(running).toBe(1);
      await Promise.resolve();
      running -= 1;
      done.push(name);
      if (fails) throw new Error(name);
      return name;
    });
  const all = Promise.allSettled([work("a"), work("b", true), work("c")]);
  expect(turns.length).toBe(3);
  expect((await all).map((result) => (result.status === "fulfilled" ? result.value : "failed"))).toEqual([
    ...["a", "failed", "c"],
  ]);
  expect(done).toEqual(["a", "b", "c"]);
  expect(turns.length).toBe(0);
});

test("what a work starts waits for its own turn", async () => {
  const turns = new OneAtATime();
  const done: string[] = [];
  let inner: Promise<void> | undefined;
  await turns.run(async () => {
    inner = turns.run(async () => void done.push("inner"));
    done.push("outer");
  });
  await inner;
  expect(done).toEqual(["outer", "inner"]);
});
