import { realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { namesIn, readAttribute } from "./attribute.ts";

/** A partition that the kernel knows. */
export interface Partition {
  /** The kernel's name, such as `vda2`. */
  readonly name: string;
  /** Path of its device node, such as `/dev/vda2`. */
  readonly device: string;
  /** The kernel's name of its disk, such as `vda`. */
  readonly disk: string;
  /** Counted from 1. */
  readonly number: number;
  /** Its name in the partition table; empty where the table has none. */
  readonly label: string;
}

/** The partitions of all disks, by name. */
export function listPartitions(base = "/sys/class/block"): Partition[] {
  return namesIn(base)
    .sort()
    .flatMap((name) => readPartition(base, name) ?? []);
}

function readPartition(base: string, name: string): Partition | undefined {
  const path = join(base, name);
  const values = uevent(path);
  if (values.get("DEVTYPE") !== "partition") return undefined;
  const disk = basename(dirname(realpathSync(path)));
  return {
    ...{ name, disk },
    device: `/dev/${values.get("DEVNAME") ?? name}`,
    number: Number(values.get("PARTN") ?? 0),
    label: values.get("PARTNAME") ?? "",
  };
}

/** What the kernel tells of a device: `KEY=value` a line. The kernel leaves no line break in a partition's label. */
function uevent(path: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const line of readAttribute(join(path, "uevent")).split("\n")) {
    const at = line.indexOf("=");
    if (at > 0) values.set(line.slice(0, at), line.slice(at + 1));
  }
  return values;
}
