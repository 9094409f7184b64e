import { i32, i64, struct, u32 } from "./struct.ts";
import { syscall } from "./syscall.ts";
import { check } from "./syscall-error.ts";

/** Which members of struct timex are set, and in which unit. From <sys/timex.h>. */
export const TimexMode = {
  offset: 0x0001,
  maximumError: 0x0004,
  estimatedError: 0x0008,
  status: 0x0010,
  timeConstant: 0x0020,
  setOffset: 0x0100,
  nanoseconds: 0x2000,
} as const;

/** Bits of the status, and how tools call them. */
export const TimexStatus = {
  STA_PLL: 0x0001,
  STA_PPSFREQ: 0x0002,
  STA_PPSTIME: 0x0004,
  STA_FLL: 0x0008,
  STA_INS: 0x0010,
  STA_DEL: 0x0020,
  STA_UNSYNC: 0x0040,
  STA_FREQHOLD: 0x0080,
  STA_PPSSIGNAL: 0x0100,
  STA_PPSJITTER: 0x0200,
  STA_PPSWANDER: 0x0400,
  STA_PPSERROR: 0x0800,
  STA_CLOCKERR: 0x1000,
  STA_NANO: 0x2000,
  STA_MODE: 0x4000,
  STA_CLK: 0x8000,
} as const;

/** What adjtimex(2) returns, in order of its numbers. */
const states = ["TIME_OK", "TIME_INS", "TIME_DEL", "TIME_OOP", "TIME_WAIT", "TIME_ERROR"] as const;

/** struct timex up to what we use; the kernel writes all of it. */
export const timex = struct({
  modes: u32,
  offset: i64,
  frequency: i64,
  maximumError: i64,
  estimatedError: i64,
  status: i32,
  constant: i64,
  precision: i64,
  tolerance: i64,
  seconds: i64,
  nanoseconds: i64,
});
/** All of it, on 64-bit machines. */
export const timexBytes = 208;

const sysAdjust = syscall("adjtimex", ["pointer"]);

/** What the kernel knows of its clock. */
export interface ClockDiscipline {
  readonly offsetMs: number;
  /** 1 when the clock runs as the hardware does. */
  readonly frequencyRatio: number;
  readonly maximumErrorMs: number;
  readonly estimatedErrorMs: number;
  /** Names of the bits that are set. */
  readonly status: readonly (keyof typeof TimexStatus)[];
  readonly constant: number;
  readonly state: string;
}

/** Reads the kernel's clock discipline, adjtimex(2). Needs no privileges. */
export function readClockDiscipline(): ClockDiscipline {
  const buffer = new Uint8Array(timexBytes);
  const state = check(sysAdjust(buffer), () => "Cannot read the clock's discipline");
  const { offset, frequency, maximumError, estimatedError, status, constant } = timex.decode(buffer);
  const names = Object.entries(TimexStatus) as [keyof typeof TimexStatus, number][];
  return {
    offsetMs: offset / ((status & TimexStatus.STA_NANO) === 0 ? 1e3 : 1e6),
    frequencyRatio: 1 + frequency / 65_536 / 1e6,
    maximumErrorMs: maximumError / 1e3,
    estimatedErrorMs: estimatedError / 1e3,
    status: names.filter(([, bit]) => (status & bit) !== 0).map(([name]) => name),
    constant,
    state: states[state] ?? "TIME_UNKNOWN",
  };
}

/** What a day's last minute will have: a leap second more, one less, or neither. */
export type LeapSecond = "none" | "added" | "removed";

export interface ClockCorrection {
  /** What has to be added to this machine's clock. */
  readonly offsetMs: number;
  readonly leap: LeapSecond;
}

const leapStatus = { none: 0, added: TimexStatus.STA_INS, removed: TimexStatus.STA_DEL } as const;

/** The kernel's MAXTC: it takes no more. */
const largestTimeConstant = 10;

/**
 * Tells the kernel how far its clock is off, adjtimex(2): it goes faster or slower until that is made up for, learns how
 * fast it should go, and from now on takes its clock to be right and keeps the hardware's by it. At most half a second.
 * @param nextMs how long until it is told again: the longer, the gentler.
 */
export function slewClock({ offsetMs, leap }: ClockCorrection, nextMs: number): void {
  const { offset, maximumError, estimatedError, status, timeConstant, nanoseconds } = TimexMode;
  adjust(
    {
      modes: offset | maximumError | estimatedError | status | timeConstant | nanoseconds,
      offset: Math.round(offsetMs * 1e6),
      status: TimexStatus.STA_PLL | leapStatus[leap],
      constant: timeConstantOf(nextMs),
    },
    () => `Cannot correct the clock by ${offsetMs.toFixed(3)} ms`,
  );
}

/** A power of two of seconds, 16 times as long as which is until the next correction: RFC 5905, 11.3. */
const timeConstantOf = (nextMs: number): number =>
  Math.min(largestTimeConstant, Math.max(0, Math.floor(Math.log2(nextMs / 1_000)) - 4));

/**
 * Sets the clock at once, by what it is off: however long this takes, nothing is lost on the way. From now on the kernel
 * takes its clock to be right and keeps the hardware's by it.
 */
export function stepClock({ offsetMs, leap }: ClockCorrection): void {
  const { setOffset, maximumError, estimatedError, status, nanoseconds } = TimexMode;
  const seconds = Math.floor(offsetMs / 1_000);
  adjust(
    {
      modes: setOffset | maximumError | estimatedError | status | nanoseconds,
      status: TimexStatus.STA_PLL | leapStatus[leap],
      seconds,
      // Never negative: two seconds back and half a one forth is one and a half back.
      nanoseconds: Math.min(999_999_999, Math.round((offsetMs - seconds * 1_000) * 1e6)),
    },
    () => `Cannot set the clock ${Math.abs(offsetMs / 1_000).toFixed(3)} s ${offsetMs > 0 ? "forward" : "back"}`,
  );
}

function adjust(values: Parameters<typeof timex.encode>[0], describe: () => string): void {
  const buffer = new Uint8Array(timexBytes);
  buffer.set(timex.encode(values));
  check(sysAdjust(buffer), describe);
}
