import { Errno } from "./errno.ts";
import { i32, struct } from "./struct.ts";
import { syscall } from "./syscall.ts";
import { check } from "./syscall-error.ts";

/** Constants of waitid(2), from <sys/wait.h> and <linux/wait.h>. */
export const Wait = { anyChild: 0, noHang: 1, exited: 4, thisThreadOnly: 0x20000000 } as const;

/** The head of siginfo_t for SIGCHLD on 64-bit machines: the union starts at byte 16. */
export const childInfo = struct({ signal: i32, errno: i32, code: i32, padding: i32, pid: i32, uid: i32, status: i32 });
/** sizeof(siginfo_t). */
export const signalInfoSize = 128;

const sysWait = syscall("waitid", ["int", "int", "pointer", "int"]);
const buffer = new Uint8Array(signalInfoSize);

/** A child that has ended. */
export interface EndedChild {
  readonly pid: number;
  /** CLD_EXITED (1), CLD_KILLED (2) or CLD_DUMPED (3). */
  readonly code: number;
  /** Its exit code, or the signal that ended it. */
  readonly status: number;
}

/**
 * Takes the status of one ended child of the calling thread, if there is one. Children of other threads (whatever a
 * Worker spawned) are out of its reach: Linux keeps children per thread.
 */
export function reapOne(): EndedChild | undefined {
  buffer.fill(0);
  const flags = Wait.exited | Wait.noHang | Wait.thisThreadOnly;
  const result = sysWait(Wait.anyChild, 0, buffer, flags);
  if (result === -Errno.ECHILD) return undefined;
  check(result, () => "Cannot wait for children");
  const { pid, code, status } = childInfo.decode(buffer);
  return pid === 0 ? undefined : { pid, code, status };
}
