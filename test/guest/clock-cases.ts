import { expect, test } from "bun:test";
import { adjtimeStatusController } from "../../src/controllers/time/adjtime-status.ts";
import { runtimeWith } from "../../src/cosi/testing.ts";
import { clockSteps } from "../../src/linux/clock-steps.ts";
import { slewClock, stepClock } from "../../src/linux/timex.ts";
import { AdjtimeStatus } from "../../src/resources/time/adjtime-status.ts";

const hourMs = 3_600_000;

test("who sets the clock is noticed each time, and shown at once", async () => {
  const over = new AbortController();
  const steps = clockSteps(over.signal);
  for (const offsetMs of [hourMs, -hourMs, 1_000]) {
    const next = steps.next();
    const before = Date.now();
    stepClock({ offsetMs, leap: "none" });
    expect(await next).toEqual({ done: false, value: undefined });
    expect(Math.sign(Date.now() - before)).toBe(Math.sign(offsetMs));
  }
  over.abort();
  expect(await steps.next()).toEqual({ done: true, value: undefined });
});

test("what the kernel knows of its clock is shown anew when somebody sets it", async () => {
  slewClock({ offsetMs: 0, leap: "none" }, 64_000);
  await using machine = await runtimeWith(adjtimeStatusController({ isOurs: true }));
  await machine.eventually(AdjtimeStatus, "node", ({ spec }) => !spec.status.includes("STA_INS"));
  const began = performance.now();
  stepClock({ offsetMs: hourMs, leap: "added" });
  await machine.eventually(AdjtimeStatus, "node", ({ spec }) => spec.status.includes("STA_INS"));
  // Without an event it would look again half a minute after it looked last.
  expect(performance.now() - began).toBeLessThan(20_000);
});
