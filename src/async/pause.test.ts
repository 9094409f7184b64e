import { expect, test } from "bun:test";
import { pause } from "./pause.ts";

test("a pause ends by itself, or with its signal", async () => {
  const startMs = performance.now();
  await pause(20);
  expect(performance.now() - startMs).toBeGreaterThanOrEqual(19);
  const controller = new AbortController();
  const waiting = pause(60_000, controller.signal);
  controller.abort();
  await waiting;
  await pause(60_000, controller.signal);
  expect(performance.now() - startMs).toBeLessThan(10_000);
});

test("a pause leaves nothing on a signal that lives on", async () => {
  const { signal } = new AbortController();
  let listeners = 0;
  const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)];
  signal.addEventListener = (...given: Parameters<typeof add>) => {
    listeners += 1;
    add(...given);
  };
  signal.removeEventListener = (...given: Parameters<typeof remove>) => {
    listeners -= 1;
    remove(...given);
  };
  await pause(1, signal);
  expect(listeners).toBe(0);
});
