import { readdirSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { pause } from "../../async/pause.ts";
import { Errno } from "../../linux/errno.ts";
import { kill } from "../../linux/process.ts";
import { SyscallError } from "../../linux/syscall-error.ts";

/** Every process but PID 1 itself, kill(2). */
const EVERYBODY = -1;

/** Whether anything but PID 1 and kernel threads is left. */
function anybodyLeft(): boolean {
  return readdirSync("/proc").some((name) => /^\d+$/.test(name) && name !== "1" && isAlive(name));
}

function isAlive(pid: string): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const [state, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    // Kernel threads are [kthreadd] (2) and its children; a zombie waits for the reaper, not for us.
    return state !== "Z" && parent !== "2" && pid !== "2";
  } catch {
    return false; // it ended while we looked
  }
}

/**
 * Ends every process of the machine but ourselves: asks, waits, then kills. For the end of a shutdown only.
 * @param graceMs how long each step may take.
 */
export async function endLeftovers(graceMs: number): Promise<void> {
  for (const signal of [constants.signals.SIGTERM, constants.signals.SIGKILL]) {
    if (!anybodyLeft()) return;
    try {
      kill(EVERYBODY, signal);
    } catch (thrown) {
      if (thrown instanceof SyscallError && thrown.errno === Errno.ESRCH) return;
      throw thrown;
    }
    await untilNobodyIsLeft(AbortSignal.timeout(graceMs));
  }
}

async function untilNobodyIsLeft(deadline: AbortSignal): Promise<void> {
  while (!deadline.aborted && anybodyLeft()) {
    // Every process that ends now becomes our orphan first, so this signal tells of each.
    const ended = new AbortController();
    const onEnd = () => ended.abort();
    process.once("SIGCHLD", onEnd);
    if (anybodyLeft()) await pause(1_000, AbortSignal.any([ended.signal, deadline]));
    process.off("SIGCHLD", onEnd);
  }
}
