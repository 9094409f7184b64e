import { realpathSync } from "node:fs";
import { join } from "node:path";
import { namesIn, readAttribute } from "./attribute.ts";

/** A disk of this machine. */
export interface Disk {
  /** The kernel's name, such as `vda`. */
  readonly name: string;
  /** Path of its device node, such as `/dev/vda`. */
  readonly device: string;
  readonly sizeBytes: number;
  readonly readOnly: boolean;
  /** A stick or card that somebody may take along. */
  readonly removable: boolean;
}

/** What the kernel makes up itself, such as /dev/loop0; and drives for what is no disk. */
const isDisk = (base: string, name: string) =>
  !realpathSync(join(base, name)).includes("/devices/virtual/block/") && !/^(?:sr|fd)\d+$/.test(name);

/** sysfs counts sectors of 512 bytes, whatever the disk does. */
const sysfsSectorBytes = 512;

/** Disks with a medium, in the kernel's order: vda before vdb, vdz before vdaa. */
export function listDisks(base = "/sys/block"): Disk[] {
  return namesIn(base)
    .filter((name) => isDisk(base, name))
    .map((name) => ({
      name,
      device: `/dev/${name.replaceAll("!", "/")}`,
      sizeBytes: Number(readAttribute(join(base, name, "size"))) * sysfsSectorBytes,
      readOnly: readAttribute(join(base, name, "ro")) === "1",
      removable: readAttribute(join(base, name, "removable")) === "1",
    }))
    .filter(({ sizeBytes }) => sizeBytes > 0)
    .sort((a, b) => a.name.length - b.name.length || (a.name < b.name ? -1 : 1));
}
