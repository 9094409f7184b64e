import { expect, test } from "bun:test";
import { paced } from "./paced.ts";
import { Queue } from "./queue.ts";

const slow = { burst: 3, intervalMs: 200 } as const;

test("a few come at once, many no faster than the pace", async () => {
  const source = new Queue<number>(9);
  for (let item = 0; item < 5; item += 1) source.push(item);
  source.close();
  const startMs = performance.now();
  const passed: { readonly item: number; readonly atMs: number }[] = [];
  for await (const item of paced(source, slow, new AbortController().signal)) {
    passed.push({ item, atMs: performance.now() - startMs });
  }
  expect(passed.map(({ item }) => item)).toEqual([0, 1, 2, 3, 4]);
  const [third, fourth, fifth] = passed.slice(2).map(({ atMs }) => atMs);
  expect(third).toBeLessThan(200);
  expect(fourth).toBeGreaterThanOrEqual(198);
  expect(fifth).toBeGreaterThanOrEqual(398);
});

test("it ends at once with its signal, also while it waits", async () => {
  const source = new Queue<number>(9);
  const controller = new AbortController();
  const items = paced(source, { burst: 1, intervalMs: 60_000 }, controller.signal);
  source.push(1);
  source.push(2);
  expect(await items.next()).toEqual({ done: false, value: 1 });
  const waiting = items.next();
  controller.abort();
  expect((await waiting).done).toBe(true);
});
