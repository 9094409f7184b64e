import { listPartitions, type Partition } from "../../block/partitions.ts";
import { messageOf } from "../../errors/message.ts";
import { MountFlag, mount } from "../../linux/mount.ts";
import type { Log } from "../machine.ts";
import { loadModuleGroup } from "./module-groups.ts";

/** Where STATE is seen, and what is kept in its place while there is none. */
export const stateDirectory = "/system/state";
export const stateLabel = "STATE";

/**
 * Mounts STATE from the disk that has it. Nothing is waited for: loading a disk's driver returns when its disks and
 * their partitions are known, and the first stage has done that. A file system that does not mount is told and left as
 * it is: somebody may still be able to mend it.
 * @returns the device, or undefined when there is no STATE, or none that mounts.
 */
export async function mountState(log: Log, partitions = listPartitions()): Promise<string | undefined> {
  const [found, ...others] = partitions.filter(({ label }) => label === stateLabel);
  if (found === undefined) return undefined;
  for (const other of others) log("warn", `${other.device} is called STATE too: ${found.device} is used`);
  await loadModuleGroup("volume", log);
  return mountStateAt(found, log);
}

function mountStateAt({ device }: Partition, log: Log): string | undefined {
  const flags = MountFlag.noSuid | MountFlag.noDev | MountFlag.noExec;
  try {
    mount({ source: device, target: stateDirectory, type: "xfs", flags });
    return device;
  } catch (thrown) {
    log("error", `${messageOf(thrown)}. What the machine is told now is lost at its next boot`);
    return undefined;
  }
}
