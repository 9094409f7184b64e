import { i64, struct } from "./struct.ts";
import { syscall } from "./syscall.ts";
import { check } from "./syscall-error.ts";

/** Clock ids, from <time.h>. */
export const ClockId = { realtime: 0, monotonic: 1, boottime: 7 } as const;

/** struct timespec on 64-bit machines. */
export const timespec = struct({ seconds: i64, nanoseconds: i64 });

const sysGetTime = syscall("clock_gettime", ["int", "pointer"]);

/** Milliseconds since boot without time spent suspended. process.hrtime() counts from the process's start instead. */
export const monotonicMs = (): number => readMs(ClockId.monotonic);

/** Milliseconds since boot, suspension included: what /proc/uptime and kmsg count. */
export const bootMs = (): number => readMs(ClockId.boottime);

function readMs(clock: number): number {
  const now = timespec.encode();
  check(sysGetTime(clock, now), () => `Cannot read clock ${clock}`);
  const { seconds, nanoseconds } = timespec.decode(now);
  return seconds * 1_000 + nanoseconds / 1e6;
}
