import { expect, test } from "bun:test";
import { testConfig } from "../../config/testing.ts";
import { eventually } from "../../grpc/testing/eventually.ts";
import { WatchdogTimerStatus } from "../../resources/runtime/watchdog-timer-status.ts";
import { configure, machineWith } from "../testing.ts";
import { type WatchdogDevice, watchdogTimerController } from "./watchdog-timer.ts";
import { watchdogTimerConfigController } from "./watchdog-timer-config.ts";

const withWatchdog = (device: string, timeout: string) =>
  `${testConfig()}---\napiVersion: v1alpha1\nkind: WatchdogTimerConfig\ndevice: ${device}\ntimeout: ${timeout}\n`;

/** A device that notes what was done to it: a real one would restart this host. */
function kennel() {
  const noted: string[] = [];
  const missed: string[] = [];
  const { promise: fed, resolve } = Promise.withResolvers<void>();
  const open = (path: string): WatchdogDevice => {
    if (path.endsWith("none")) {
      missed.push(path);
      throw new Error(`Cannot open "${path}"`);
    }
    noted.push(`open ${path}`);
    return {
      path,
      setTimeout(seconds) {
        noted.push(`timeout ${seconds}`);
        return seconds;
      },
      feed() {
        noted.push("feed");
        if (noted.filter((what) => what === "feed").length >= 3) resolve();
      },
      [Symbol.dispose]: () => void noted.push(`close ${path}`),
    };
  };
  return { noted, missed, fed, open };
}

const start = (config: string, open: (path: string) => WatchdogDevice) =>
  machineWith({ config }, watchdogTimerConfigController(), watchdogTimerController({ open }));

test("a watchdog is opened, set, fed, and stopped when it is no longer wanted", async () => {
  const { noted, fed, open } = kennel();
  await using machine = await start(withWatchdog("/dev/watchdog0", "30ms"), open);
  const { spec } = await machine.eventually(WatchdogTimerStatus, "timer");
  expect(spec).toEqual({ device: "/dev/watchdog0", timeout: 30, feedInterval: 10 });
  await fed;
  expect(noted.slice(0, 5)).toEqual(["open /dev/watchdog0", "timeout 1", "feed", "feed", "feed"]);
  await configure(machine, withWatchdog("/dev/watchdog1", "2m"));
  await machine.eventually(WatchdogTimerStatus, "timer", (found) => found.spec.device === "/dev/watchdog1");
  expect(noted.slice(-4)).toEqual(["close /dev/watchdog0", "open /dev/watchdog1", "timeout 120", "feed"]);
  await configure(machine, testConfig());
  await machine.eventuallyGone(WatchdogTimerStatus, "timer");
  expect(noted.at(-1)).toBe("close /dev/watchdog1");
});

test("a watchdog that is not there is told once, and has no status", async () => {
  const { missed, open } = kennel();
  await using machine = await start(withWatchdog("/dev/none", "1m"), open);
  await eventually(() => missed.length > 0);
  const before = missed.length;
  await configure(machine, withWatchdog("/dev/none", "2m"));
  await eventually(() => missed.length > before);
  await configure(machine, withWatchdog("/dev/watchdog0", "1m"));
  await machine.eventually(WatchdogTimerStatus, "timer");
  expect(machine.logged.filter((line) => line.includes("/dev/none"))).toHaveLength(1);
});
