/** A disk as a partition table sees it. */
export interface DiskGeometry {
  /** Logical sectors. */
  readonly sectors: number;
  /** Bytes of a logical sector: 512, or 4096. */
  readonly sectorBytes: number;
}

/** A GUID partition table, UEFI specification chapter 5. Sectors are logical ones, counted from 0. */
export interface PartitionTable extends DiskGeometry {
  readonly diskGuid: string;
  /** The first sector that partitions may use, and the last. */
  readonly firstUsable: number;
  readonly lastUsable: number;
  /** By number. */
  readonly partitions: readonly TablePartition[];
}

export interface TablePartition {
  /** Place in the table, counted from 1: what the kernel calls `vda3` is number 3. */
  readonly number: number;
  readonly type: string;
  readonly guid: string;
  /** At most 36 UTF-16 units. */
  readonly name: string;
  readonly firstSector: number;
  /** Part of the partition. */
  readonly lastSector: number;
  readonly attributes: bigint;
}

/** Entries that a table of ours has room for, and bytes of each: what every tool writes. */
export const entryCount = 128;
export const entryBytes = 128;

/** Sectors that the entries of a table of ours take. */
export const entriesSectors = (sectorBytes: number): number => Math.ceil((entryCount * entryBytes) / sectorBytes);

/** What a table of ours leaves to partitions: between its two copies. */
export function usableSectors({ sectors, sectorBytes }: DiskGeometry): { first: number; last: number } {
  const entries = entriesSectors(sectorBytes);
  return { first: 2 + entries, last: sectors - 2 - entries };
}

/** Where fields stand in a header, and in an entry. */
export const headerOffsets = {
  ...{ revision: 8, size: 12, checksum: 16, ownSector: 24, otherSector: 32, firstUsable: 40, lastUsable: 48 },
  ...{ diskGuid: 56, entriesSector: 72, entryCount: 80, entrySize: 84, entriesChecksum: 88 },
} as const;
export const entryOffsets = { type: 0, guid: 16, firstSector: 32, lastSector: 40, attributes: 48, name: 56 } as const;

export const signature = "EFI PART";
export const revision = 0x1_0000;
/** Bytes of a header that mean something; the rest of its sector is zero. */
export const headerBytes = 92;
export const nameUnits = 36;
