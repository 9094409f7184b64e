import { basename, join } from "node:path";
import { readAttribute } from "../../block/attribute.ts";
import { listPartitions, type Partition } from "../../block/partitions.ts";
import type { VolumeStatus } from "../../resources/block/volume-status.ts";

/** The kernel counts sectors of this many bytes, whatever the disk's own are. */
const sectorBytes = 512;
const devices = "/sys/class/block";

/** What is known of a volume that is mounted: from a device, from memory, or from a directory that it is itself. */
export function volumeStatusOf(source: string, target: string): VolumeStatus {
  if (source === target) return { phase: "ready", type: "directory", mountLocation: target };
  if (source === "tmpfs") return { phase: "ready", type: "tmpfs", mountLocation: target };
  const partition = listPartitions().find(({ device }) => device === source);
  const size = Number(readAttribute(join(devices, basename(source), "size"))) * sectorBytes;
  return {
    ...{ phase: "ready", location: source, mountLocation: source, filesystem: "xfs", size, prettySize: pretty(size) },
    ...(partition === undefined ? { type: "disk" } : partitionFields(partition)),
  };
}

const partitionFields = ({ disk, number }: Partition) =>
  ({ type: "partition", parentLocation: `/dev/${disk}`, partitionIndex: number }) as const;

/** `6.4 GB`: with thousands, as disks are sold. */
function pretty(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  const value = bytes / 1_000 ** power;
  return `${value < 10 && power > 0 ? value.toFixed(1) : Math.round(value)} ${units[power]}`;
}
