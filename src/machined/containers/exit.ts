import { constants } from "node:os";
import type { RunEnd } from "../supervisor/runner.ts";

/** Runtimes report a process that a signal ended as 128 and the signal's number. */
const signalBase = 128;

/** How a run ended, from containerd's exit status. */
export function endOf(exitStatus: number): RunEnd {
  const number = exitStatus - signalBase;
  const signal = Object.entries(constants.signals).find(([, value]) => value === number)?.[0];
  return number > 0 && signal !== undefined ? { code: undefined, signal } : { code: exitStatus, signal: undefined };
}
