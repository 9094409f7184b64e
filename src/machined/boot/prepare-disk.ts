import { basename } from "node:path";
import { claim, release } from "../../block/claim.ts";
import { type BlockDevice, openDevice } from "../../block/device.ts";
import { encodeTable } from "../../block/gpt/encode.ts";
import { layOut, type WantedPartition } from "../../block/gpt/layout.ts";
import { listPartitions } from "../../block/partitions.ts";
import { formatXfs } from "../../block/xfs.ts";
import { Failure } from "../../errors/failure.ts";
import type { Spawner } from "../../linux/spawner/spawner.ts";

const mebibyte = 1_024 * 1_024;

/** What we put on a disk of our own. META is not formatted: it holds a few values, and none yet. */
const layout = [
  { name: "META", sizeBytes: mebibyte },
  { name: "STATE", sizeBytes: 100 * mebibyte, isSmall: true },
  { name: "EPHEMERAL", sizeBytes: "rest", isSmall: false },
] as const satisfies readonly (WantedPartition & { readonly isSmall?: boolean })[];

/** Enough for EPHEMERAL to hold a few images: 2 GiB of it. */
export const minimumDiskBytes = (2_048 + 101 + 2) * mebibyte;

export interface PrepareOptions {
  readonly spawner: Spawner;
  readonly signal: AbortSignal;
  /** Makes the kernel show the partitions that are on the disk now. */
  readonly showPartitions?: (disk: BlockDevice) => Promise<void>;
  /**
   * Uses the partitions before the disk is let go of: udev then has the kernel read its table again, which takes
   * partitions away for a moment unless one of them is in use.
   */
  readonly use?: () => Promise<void>;
}

/**
 * Divides a blank disk and formats its partitions. The disk is claimed first and released last: after a power cut in
 * between, the claim tells the next boot that it may begin again, and until then the partitions are not ours to mount.
 * @throws Failure naming the disk or partition.
 */
export async function prepareDisk(path: string, options: PrepareOptions): Promise<void> {
  const { spawner, signal, showPartitions = (disk) => disk.rereadPartitions(), use } = options;
  using disk = openDevice(path, { writable: true });
  await disk.lock(signal);
  claim(disk);
  const { sizeBytes, sectorBytes } = disk;
  const table = layOut({ sectors: Math.floor(sizeBytes / sectorBytes), sectorBytes }, layout);
  for (const { offsetBytes, bytes } of encodeTable(table)) disk.writeAt(offsetBytes, bytes);
  disk.sync();
  await showPartitions(disk);
  for (const [index, wanted] of layout.entries()) {
    if (!("isSmall" in wanted)) continue;
    signal.throwIfAborted();
    const device = deviceOf(path, index + 1);
    await formatXfs(spawner, device, { label: wanted.name, isSmall: wanted.isSmall });
    using partition = openDevice(device);
    partition.sync();
  }
  release(disk);
  await use?.();
}

/** The kernel's name for a new partition of a disk. */
function deviceOf(path: string, number: number): string {
  const found = listPartitions().find((one) => one.disk === basename(path) && one.number === number);
  if (found !== undefined) return found.device;
  throw new Failure(`Cannot find partition ${number} of "${path}": the kernel does not show it`);
}
