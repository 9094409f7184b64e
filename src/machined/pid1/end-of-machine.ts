import { messageOf } from "../../errors/message.ts";
import { MountFlag, mount, UnmountFlag, unmount } from "../../linux/mount.ts";
import { type RebootAction, reboot, sync } from "../../linux/reboot.ts";
import { mountTable } from "../../mount/table.ts";
import type { Log, MachineMode } from "../machine.ts";

/** The last act. In a container the kernel is not ours: leaving ends the PID namespace, and all in it. */
export function endMachine(action: RebootAction, mode: MachineMode): void {
  if (mode === "container") process.exit(0);
  reboot(action);
}

/** Mounts without which nothing could go on, and the kernel's own. */
const kept = ["/", "/dev", "/proc", "/sys", "/run", "/system", "/tmp", "/sbin/init"];
const isKept = (target: string) =>
  kept.includes(target) || ["/dev/", "/proc/", "/sys/"].some((prefix) => target.startsWith(prefix));

/**
 * Unmounts what holds data, the deepest first. What somebody still uses is made read-only, so that at least it is
 * whole; then it goes out of sight.
 */
export function unmountEverything(log: Log): void {
  sync();
  for (const { target, type } of mountTable()
    .filter((entry) => !isKept(entry.target))
    .reverse()) {
    try {
      unmount(target);
    } catch (busy) {
      try {
        if (type === "xfs") mount({ source: "none", target, flags: MountFlag.remount | MountFlag.readOnly });
        unmount(target, UnmountFlag.detach);
      } catch {
        log("warn", messageOf(busy));
      }
    }
  }
  sync();
}
