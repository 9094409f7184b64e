import { listDisks } from "../../block/disks.ts";
import { listPartitions } from "../../block/partitions.ts";
import { probeFileSystem } from "../../block/probe.ts";
import { MountFlag } from "../../linux/mount.ts";
import { mountAt } from "../../mount/helpers.ts";
import { isFinished } from "./state-volume.ts";

/** Where EPHEMERAL is seen. */
export const ephemeralDirectory = "/var";
const label = "EPHEMERAL";

/**
 * The device of EPHEMERAL, if a disk has one: a partition of that name, or a whole disk with a file system of that
 * name, as machines of the first version made it.
 */
export function findEphemeral(): string | undefined {
  const partitions = listPartitions();
  const partition = partitions.find((one) => one.label === label && isFinished(one));
  if (partition !== undefined) return partition.device;
  const divided = new Set(partitions.map(({ disk }) => disk));
  const whole = listDisks().filter(({ name, readOnly }) => !readOnly && !divided.has(name));
  return whole.find(({ device }) => probe(device)?.label === label)?.device;
}

/** Mounts it on /var. @param quotas whether what pods write is counted by directory */
export function mountEphemeral(device: string, quotas: boolean): void {
  mountAt({
    source: device,
    target: ephemeralDirectory,
    type: "xfs",
    flags: MountFlag.noAccessTime,
    ...(quotas ? { options: "prjquota" } : {}),
  });
}

/** In the place of EPHEMERAL, where there is no disk for it. */
export function mountVarInMemory(): void {
  const options = "mode=0755";
  mountAt({ source: "tmpfs", target: ephemeralDirectory, type: "tmpfs", flags: MountFlag.noAccessTime, options });
}

function probe(device: string) {
  try {
    return probeFileSystem(device);
  } catch {
    return undefined; // a disk that cannot be read holds nothing for us
  }
}
