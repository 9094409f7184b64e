import { expect, jest, test } from "bun:test";
import { createFatalHandler } from "./fatal.ts";

test("the cause is logged, what can be is reverted, and the machine starts again after ten seconds", () => {
  jest.useFakeTimers();
  try {
    const lines: string[] = [];
    const steps: string[] = [];
    const fatal = createFatalHandler({
      log: (_, text) => lines.push(text),
      hang: false,
      revert: () => steps.push("revert"),
      restart: () => steps.push("restart"),
    });
    fatal(new Error("the disk is on fire"));
    fatal("again");
    jest.advanceTimersByTime(9_999);
    expect(steps).toEqual(["revert"]);
    jest.advanceTimersByTime(1);
    expect(steps).toEqual(["revert", "restart"]);
    expect(lines[0]).toContain("the disk is on fire");
  } finally {
    jest.useRealTimers();
  }
});

test("panic=0 leaves the machine to be read", () => {
  jest.useFakeTimers();
  try {
    let restarted = 0;
    const fatal = createFatalHandler({
      log: () => {},
      hang: true,
      restart: () => {
        restarted += 1;
      },
    });
    fatal(new Error("x"));
    jest.advanceTimersByTime(60_000);
    expect(restarted).toBe(0);
  } finally {
    jest.useRealTimers();
  }
});
