import { expect, test } from "bun:test";
import fc from "fast-check";
import { longestPollMs, nextPollMs, shortestPollMs } from "./poll-interval.ts";
import { SpikeFilter } from "./spike-filter.ts";

const judged = (samples: readonly (readonly [offsetMs: number, delayMs: number])[]) => {
  const filter = new SpikeFilter();
  return samples.map(([offsetMs, delayMs]) => filter.isSpike({ offsetMs, delayMs }));
};

test("an answer that was held up is a spike, a clock that is off is none", () => {
  const usual = [1, 2, 1, 2, 1].map((offsetMs) => [offsetMs, 40] as const);
  expect(judged([...usual, [35, 110]]).at(-1)).toBe(true);
  expect(judged([...usual, [35, 30]]).at(-1)).toBe(false);
  // Twice the same is how it is.
  expect(judged([...usual, [35, 110], [36, 110]]).at(-1)).toBe(false);
});

test("nothing is a spike before it is known what is usual", () => {
  expect(
    judged([
      [0, 40],
      [30, 40],
      [0, 40],
    ]),
  ).toEqual([false, false, false]);
});

test("what is tiny is none, however quiet it was", () => {
  const quiet = Array.from({ length: 8 }, () => [0.01, 1.5] as const);
  expect(judged([...quiet, [0.9, 1.5]]).at(-1)).toBe(false);
});

const sample = fc.record({ offsetMs: fc.double({ noNaN: true }), delayMs: fc.double({ min: 0, noNaN: true }) });

test("whatever is measured is judged, and what cannot be a delay never is a spike", () =>
  fc.assert(
    fc.property(fc.array(sample, { maxLength: 30 }), (samples) => {
      const filter = new SpikeFilter();
      for (const one of samples) {
        const isSpike = filter.isSpike(one);
        if (Math.abs(one.offsetMs) > one.delayMs) expect(isSpike).toBe(false);
      }
    }),
  ));

test("a clock that keeps time is asked about ever more rarely, until it does not", () => {
  let pollMs = nextPollMs(undefined, 1_000_000, false);
  expect(pollMs).toBe(32_000);
  const intervals: number[] = [];
  while (intervals.length < 8) {
    pollMs = nextPollMs(pollMs, 10, false);
    intervals.push(pollMs / 1_000);
  }
  expect(intervals).toEqual([64, 128, 256, 512, 1_024, 2_048, 2_048, 2_048]);
  expect(nextPollMs(pollMs, 100, false)).toBe(2_048_000);
  expect(nextPollMs(pollMs, -160, false)).toBe(1_024_000);
  expect(nextPollMs(pollMs, 10, true)).toBe(1_024_000);
  expect(nextPollMs(pollMs, -250, false)).toBe(32_000);
});

test("the interval stays within its bounds", () =>
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.double({ noNaN: true }), fc.boolean())), (answers) => {
      let pollMs: number | undefined;
      for (const [offsetMs, isSpike] of answers) {
        pollMs = nextPollMs(pollMs, offsetMs, isSpike);
        expect(pollMs).toBeWithin(shortestPollMs, longestPollMs + 1);
      }
    }),
  ));
