import { randomUUID } from "node:crypto";
import { Failure } from "../../errors/failure.ts";
import { partitionTypes } from "./guid.ts";
import { type DiskGeometry, type PartitionTable, usableSectors } from "./table.ts";

/** A partition that is wanted. */
export interface WantedPartition {
  readonly name: string;
  /** What is left, for the last one. */
  readonly sizeBytes: number | "rest";
  /** Default: a Linux file system. */
  readonly type?: string;
}

/** Partitions begin and end at multiples of this: of every disk's physical sectors and erase blocks. */
export const alignmentBytes = 1_024 * 1_024;

/**
 * A new table with partitions one after the other.
 * @throws Failure when the disk is too small.
 */
export function layOut(
  geometry: DiskGeometry,
  wanted: readonly WantedPartition[],
  newGuid: () => string = randomUUID,
): PartitionTable {
  const { sectorBytes } = geometry;
  const usable = usableSectors(geometry);
  const alignment = alignmentBytes / sectorBytes;
  const end = Math.floor((usable.last + 1) / alignment) * alignment;
  let next = Math.ceil(usable.first / alignment) * alignment;
  const partitions = wanted.map(({ name, sizeBytes, type = partitionTypes.linuxFilesystem }, index) => {
    const firstSector = next;
    const sectors =
      sizeBytes === "rest" ? end - firstSector : Math.ceil(sizeBytes / alignmentBytes) * (alignmentBytes / sectorBytes);
    next += sectors;
    if (sectors <= 0 || next > end) throw new Failure(`Cannot make the partition ${name}: the disk is too small`);
    return { number: index + 1, type, guid: newGuid(), name, firstSector, lastSector: next - 1, attributes: 0n };
  });
  return { ...geometry, diskGuid: newGuid(), firstUsable: usable.first, lastUsable: usable.last, partitions };
}
