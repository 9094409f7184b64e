import { syscall } from "./syscall.ts";
import { check } from "./syscall-error.ts";

/** Commands of reboot(2), from <linux/reboot.h>, as the signed int that libc takes. */
export const RebootCommand = {
  restart: 0x01234567,
  powerOff: 0x4321fedc,
  halt: 0xcdef0123 | 0,
  kexec: 0x45584543,
  disableCtrlAltDel: 0,
} as const;

export type RebootAction = "restart" | "powerOff" | "halt" | "kexec";

const sysReboot = syscall("reboot", ["int"]);
const sysSync = syscall("sync", []);

/** Writes all dirty pages to disk, sync(2). Blocks this thread until done. */
export function sync(): void {
  sysSync();
}

/** Ends the machine at once, reboot(2): no process is asked, no file system unmounted. Returns only by throwing. */
export function reboot(action: RebootAction): void {
  sync();
  check(sysReboot(RebootCommand[action]), () => `Cannot ${action} the machine`);
}

/** Turns Ctrl-Alt-Del into SIGINT for PID 1 instead of an immediate restart. */
export function disableCtrlAltDel(): void {
  check(sysReboot(RebootCommand.disableCtrlAltDel), () => "Cannot disable Ctrl-Alt-Del");
}
