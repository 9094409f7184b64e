import { chmodSync } from "node:fs";
import { isClaimed } from "../../block/claim.ts";
import { openDevice } from "../../block/device.ts";
import { listPartitions, type Partition } from "../../block/partitions.ts";
import { messageOf } from "../../errors/message.ts";
import { MountFlag, mount } from "../../linux/mount.ts";
import type { Log } from "../machine.ts";
import { loadModuleGroup } from "./module-groups.ts";

/** Where STATE is seen; while there is none, a directory in memory. */
export const stateDirectory = "/system/state";
const label = "STATE";

/**
 * Mounts STATE from the disk that has it. Nothing is waited for: loading a disk's driver returns when its disks and
 * their partitions are known, and the first stage has done that. A file system that does not mount is told and left as
 * it is: somebody may still be able to mend it.
 * @returns the device, or undefined when there is no STATE, or none that mounts.
 */
export async function mountState(log: Log): Promise<string | undefined> {
  const [found, ...others] = listPartitions().filter((partition) => partition.label === label && isFinished(partition));
  if (found === undefined) return undefined;
  for (const other of others) log("warn", `${other.device} is called ${label}, too: ${found.device} is used`);
  const { device } = found;
  await loadModuleGroup("volume", log);
  try {
    mount({
      source: device,
      target: stateDirectory,
      type: "xfs",
      flags: MountFlag.noSuid | MountFlag.noDev | MountFlag.noExec,
    });
    chmodSync(stateDirectory, 0o700); // a new file system's root can be read by everybody
    return device;
  } catch (thrown) {
    log("error", `${messageOf(thrown)}. What the machine is told now is lost at its next boot`);
    return undefined;
  }
}

/** Whether the disk was not left half made by a power cut. */
export function isFinished({ disk }: Partition): boolean {
  using device = openDevice(`/dev/${disk}`);
  return !isClaimed(device);
}
