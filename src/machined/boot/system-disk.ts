import { realpathSync } from "node:fs";
import { type Contents, contentsOf } from "../../block/contents.ts";
import type { Disk } from "../../block/disks.ts";
import { messageOf } from "../../errors/message.ts";
import { minimumDiskBytes } from "./prepare-disk.ts";

/** Which disk becomes ours, and what is to be said about the others. */
export interface DiskChoice {
  readonly disk: Disk | undefined;
  /** `/dev/vdb is left alone: it holds ext4 called "data"`. */
  readonly remarks: readonly string[];
}

export interface DiskWish {
  /** `machine.install.disk`: a path of the device. */
  readonly installDisk: string | undefined;
  readonly look?: (path: string) => Contents;
}

/**
 * Picks the disk for STATE and EPHEMERAL: one that we began with and were interrupted on, else the one that the config
 * names, else the first that is blank. A disk with anything on it is never picked, and neither is one that somebody may
 * take along, unless it is named.
 */
export function chooseDisk(disks: readonly Disk[], { installDisk, look = contentsOf }: DiskWish): DiskChoice {
  const named = installDisk === undefined ? undefined : disks.find(({ device }) => device === resolved(installDisk));
  const remarks: string[] = [];
  if (installDisk !== undefined && named === undefined)
    remarks.push(`machine.install.disk: there is no ${installDisk}`);
  const usable: Disk[] = [];
  for (const disk of disks) {
    const verdict = judge(disk, disk === named, look);
    if (verdict === "claimed") return { disk, remarks: [`${disk.device}: begun earlier, and interrupted`] };
    if (verdict === "blank") usable.push(disk);
    else remarks.push(`${disk.device} is left alone: it ${verdict.why}`);
  }
  return { disk: usable.find((disk) => disk === named) ?? usable[0], remarks };
}

type Verdict = "claimed" | "blank" | { readonly why: string };

function judge(disk: Disk, isNamed: boolean, look: (path: string) => Contents): Verdict {
  if (disk.readOnly) return { why: "is read-only" };
  if (disk.removable && !isNamed) return { why: "can be taken along, and machine.install.disk does not name it" };
  if (disk.sizeBytes < minimumDiskBytes) {
    return { why: `has ${mebibytes(disk.sizeBytes)}, and ${mebibytes(minimumDiskBytes)} are needed` };
  }
  try {
    const contents = look(disk.device);
    return contents.kind === "used" ? { why: `holds ${contents.by}` } : contents.kind;
  } catch (thrown) {
    return { why: `cannot be read: ${messageOf(thrown)}` };
  }
}

/** udev's names of a disk are links. */
function resolved(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

const mebibytes = (bytes: number) => `${Math.floor(bytes / (1_024 * 1_024))} MiB`;
