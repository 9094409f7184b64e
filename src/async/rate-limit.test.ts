import { expect, test } from "bun:test";
import { RateLimit } from "./rate-limit.ts";

test("a burst passes, then one per interval", () => {
  let now = 0;
  const limit = new RateLimit({ burst: 3, intervalMs: 1_000, peers: 10, now: () => now });
  const allowed = () => [1, 2, 3, 4].map(() => limit.allow("a"));
  expect(allowed()).toEqual([true, true, true, false]);
  now = 1_000;
  expect(allowed()).toEqual([true, false, false, false]);
  now = 60_000;
  expect(allowed()).toEqual([true, true, true, false]);
});

test("each peer has its own, and only so many are remembered", () => {
  const limit = new RateLimit({ burst: 1, intervalMs: 1_000, peers: 2, now: () => 0 });
  expect(["a", "b", "a", "c", "a"].map((peer) => limit.allow(peer))).toEqual([true, true, false, true, true]);
});
