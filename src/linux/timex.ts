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
});
/** All of it, on 64-bit machines. */
export const timexBytes = 208;

/** How quickly an offset is made up for: the shift of the kernel's loop, for servers that are asked every few minutes. */
const timeConstant = 4;

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

/**
 * Tells the kernel how far its clock is off: it goes faster or slower until that is made up for, learns how fast it
 * should go, and from now on takes its clock to be right and keeps the hardware's by it. At most half a second.
 */
export function slewClock(offsetMs: number): void {
  const { offset, maximumError, estimatedError, status, timeConstant: constant, nanoseconds } = TimexMode;
  const buffer = new Uint8Array(timexBytes);
  buffer.set(
    timex.encode({
      modes: offset | maximumError | estimatedError | status | constant | nanoseconds,
      offset: Math.round(offsetMs * 1e6),
      status: TimexStatus.STA_PLL,
      constant: timeConstant,
    }),
  );
  check(sysAdjust(buffer), () => `Cannot correct the clock by ${offsetMs.toFixed(3)} ms`);
}
