import { expect, test } from "bun:test";
import { anyOf } from "./any-of.ts";
import { Queue } from "./queue.ts";

function twoSources() {
  const queues = [new Queue<number>(9), new Queue<number>(9)] as const;
  const signals: AbortSignal[] = [];
  const sources = queues.map((queue) => (signal: AbortSignal) => {
    signals.push(signal);
    signal.addEventListener("abort", () => queue.close());
    return queue;
  });
  return { queues, signals, sources };
}

test("news of any source are news", async () => {
  const { queues, signals, sources } = twoSources();
  const news = anyOf(sources, new AbortController().signal);
  for (const queue of queues) {
    const next = news.next();
    queue.push(1);
    expect(await next).toEqual({ done: false, value: undefined });
  }
  queues[1].close();
  expect((await news.next()).done).toBe(true);
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
});

test("the error of a source is the reader's, and ends the others", async () => {
  const { queues, signals, sources } = twoSources();
  const news = anyOf(sources, new AbortController().signal);
  queues[1].close(new TypeError("broken"));
  expect(await news.next().catch((error) => error)).toEqual(new TypeError("broken"));
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
});

test("it ends with its signal", async () => {
  const { sources } = twoSources();
  const controller = new AbortController();
  const next = anyOf(sources, controller.signal).next();
  controller.abort();
  expect((await next).done).toBe(true);
});
