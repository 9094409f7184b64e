import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { probeFileSystem } from "../../block/probe.ts";
import { formatXfs } from "../../block/xfs.ts";
import { close, open, read } from "../../linux/file-descriptor.ts";
import { MountFlag } from "../../linux/mount.ts";
import type { Spawner } from "../../linux/spawner/spawner.ts";
import { isMountPoint, mountAt } from "../../mount/helpers.ts";
import type { Log } from "../machine.ts";
import { loadModuleGroup } from "./module-groups.ts";

const TARGET = "/var";
const LABEL = "EPHEMERAL";
/** As much of a disk as must be zero to call it blank: more than any partition table or superblock's place. */
const BLANK_BYTES = 1_024 * 1_024;

/** What was mounted on /var. */
export interface EphemeralMount {
  readonly source: string;
  readonly type: string;
}

/**
 * Mounts /var: from the disk that carries our label, else from a blank disk, which is formatted, else in memory.
 * A disk with anything on it is never touched.
 */
export async function mountEphemeral(spawner: Spawner, log: Log): Promise<EphemeralMount> {
  if (isMountPoint(TARGET)) return { source: TARGET, type: "none" };
  const disks = wholeDisks();
  const ours = disks.find((disk) => probeFileSystem(disk)?.label === LABEL);
  const disk = ours ?? disks.find(isBlank);
  if (disk === undefined) {
    log("warn", "no blank disk for /var: it is kept in memory, and lost at the next boot");
    mountAt({ source: "tmpfs", target: TARGET, type: "tmpfs", flags: MountFlag.noAccessTime, options: "mode=0755" });
    return { source: "tmpfs", type: "tmpfs" };
  }
  await loadModuleGroup("volume", log);
  if (ours === undefined) {
    log("info", `formatting blank disk ${disk} as XFS for /var`);
    await formatXfs(spawner, disk, { label: LABEL });
  }
  mountAt({ source: disk, target: TARGET, type: "xfs", flags: MountFlag.noAccessTime });
  return { source: disk, type: "xfs" };
}

/** Disks of virtual machines, in the kernel's order, that are not divided into partitions. */
function wholeDisks(base = "/sys/block"): string[] {
  if (!existsSync(base)) return [];
  return readdirSync(base)
    .filter((name) => /^vd[a-z]+$/.test(name))
    .filter((name) => readFileSync(join(base, name, "ro"), "utf8").trim() === "0")
    .filter((name) => !readdirSync(join(base, name)).some((entry) => entry.startsWith(name)))
    .sort()
    .map((name) => `/dev/${name}`);
}

/** Whether a device's beginning is nothing but zeros. */
export function isBlank(path: string): boolean {
  const device = open(path);
  try {
    const chunk = new Uint8Array(64 * 1_024);
    for (let done = 0; done < BLANK_BYTES; ) {
      const size = read(device, chunk) ?? 0;
      if (size === 0) return done > 0;
      if (chunk.subarray(0, size).some((byte) => byte !== 0)) return false;
      done += size;
    }
    return true;
  } finally {
    close(device);
  }
}
