import { ClockId, timespec } from "./clock.ts";
import { Errno } from "./errno.ts";
import { close, OpenFlag, read } from "./file-descriptor.ts";
import { untilReadable } from "./readiness.ts";
import { syscall } from "./syscall.ts";
import { check, SyscallError } from "./syscall-error.ts";

/** Flags of timerfd_settime(2), from <sys/timerfd.h>. */
export const TimerFlag = { absolute: 1, cancelOnSet: 2 } as const;

/** A date that no machine sees: the kernel counts nanoseconds, and they end before. */
const neverSeconds = 2 ** 40;
/** How often it has expired, as a 64-bit number: what is read of one. */
const countBytes = 8;

const sysCreateTimer = syscall("timerfd_create", ["int", "int"]);
const sysSetTimer = syscall("timerfd_settime", ["int", "int", "pointer", "pointer"]);

/**
 * Yields each time somebody has set the clock, or the machine has slept; not when it only goes faster or slower. The
 * kernel tells those who wait for a date, for which they may have to wait longer or shorter now.
 */
export async function* clockSteps(signal: AbortSignal): AsyncGenerator<void, void, undefined> {
  const flags = OpenFlag.nonBlocking | OpenFlag.closeOnExec;
  const timer = check(sysCreateTimer(ClockId.realtime, flags), () => "Cannot create a timer of the clock");
  try {
    // struct itimerspec: the interval, of which there is none, and the date.
    const never = new Uint8Array([...timespec.encode(), ...timespec.encode({ seconds: neverSeconds })]);
    const how = TimerFlag.absolute | TimerFlag.cancelOnSet;
    check(sysSetTimer(timer, how, never, null), () => "Cannot wait for the clock to be set");
    while (!signal.aborted) {
      if (wasSet(timer)) yield;
      else await untilReadable(timer, signal);
    }
  } finally {
    close(timer);
  }
}

/** The kernel says it once each time, as an error. */
function wasSet(timer: number): boolean {
  try {
    read(timer, new Uint8Array(countBytes));
    return false;
  } catch (thrown) {
    if (thrown instanceof SyscallError && thrown.errno === Errno.ECANCELED) return true;
    throw thrown;
  }
}
