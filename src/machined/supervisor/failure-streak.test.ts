import { expect, test } from "bun:test";
import fc from "fast-check";
import { FailureStreak } from "./failure-streak.ts";

const pauseMs = 5_000;

test("the first failures are followed by the usual pause, a crash loop by ever longer ones", () => {
  const streak = new FailureStreak(pauseMs);
  const pauses = Array.from({ length: 8 }, () => {
    streak.add(100);
    return streak.pauseMs / 1_000;
  });
  expect(pauses).toEqual([5, 5, 5, 10, 20, 30, 30, 30]);
  streak.reset();
  expect([streak.pauseMs, streak.isLoop]).toEqual([pauseMs, false]);
});

test("however runs end, the pause has bounds, and what is told is seldom", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(120_000), { maxLength: 2_000 }), (runsMs) => {
      const streak = new FailureStreak(pauseMs);
      let told = 0;
      let longest = 0;
      for (const ranMs of runsMs) {
        streak.add(ranMs);
        longest = Math.max(longest, streak.count);
        if (streak.isToBeTold) told += 1;
        expect(streak.pauseMs).toBeGreaterThanOrEqual(pauseMs);
        expect(streak.pauseMs).toBeLessThanOrEqual(6 * pauseMs);
        if (ranMs >= 60_000) expect(streak.isLoop).toBe(false);
      }
      const streaks = runsMs.filter((ranMs) => ranMs >= 60_000).length + 1;
      expect(told).toBeLessThanOrEqual(streaks * (Math.log2(longest + 1) + 1));
    }),
  );
});
