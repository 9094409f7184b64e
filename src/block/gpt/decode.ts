import { crc32 } from "node:zlib";
import { decodeGuid, noGuid } from "./guid.ts";
import {
  type DiskGeometry,
  entryOffsets,
  headerBytes,
  headerOffsets,
  nameUnits,
  type PartitionTable,
  revision,
  signature,
  type TablePartition,
} from "./table.ts";

/** A table that a disk holds. */
export interface FoundTable extends PartitionTable {
  /** Which copy was read: the backup where the first one is damaged. */
  readonly source: "primary" | "backup";
}

/** Reads from a disk; fewer bytes than asked for at its end. */
export type ReadAt = (offsetBytes: number, lengthBytes: number) => Uint8Array;

/** Most bytes of entries that are read: 4096 of them in the usual size. */
const entriesLimitBytes = 512 * 1_024;

/** Reads a disk's GUID partition table; undefined when neither of its copies is whole. Any bytes may be there. */
export function decodeTable(readAt: ReadAt, geometry: DiskGeometry): FoundTable | undefined {
  const primary = decodeCopy(readAt, geometry, 1);
  if (primary !== undefined) return { ...primary, source: "primary" };
  const backup = decodeCopy(readAt, geometry, geometry.sectors - 1);
  return backup === undefined ? undefined : { ...backup, source: "backup" };
}

function decodeCopy(readAt: ReadAt, geometry: DiskGeometry, ownSector: number): PartitionTable | undefined {
  const { sectors, sectorBytes } = geometry;
  if (ownSector < 1 || ownSector >= sectors) return undefined;
  const header = readAt(ownSector * sectorBytes, sectorBytes);
  const read = decodeHeader(header, geometry);
  if (read === undefined || read.ownSector !== ownSector) return undefined;
  const entries = readAt(read.entriesSector * sectorBytes, read.entryCount * read.entrySize);
  if (entries.length < read.entryCount * read.entrySize || crc32(entries) !== read.entriesChecksum) return undefined;
  const { diskGuid, firstUsable, lastUsable } = read;
  const partitions: TablePartition[] = [];
  for (let index = 0; index < read.entryCount; index += 1) {
    const entry = entries.subarray(index * read.entrySize, (index + 1) * read.entrySize);
    if (decodeGuid(entry, entryOffsets.type) === noGuid) continue;
    const partition = decodeEntry(entry, index + 1, { firstUsable, lastUsable });
    if (partition === undefined) return undefined;
    partitions.push(partition);
  }
  return { sectors, sectorBytes, diskGuid, firstUsable, lastUsable, partitions };
}

function decodeHeader(bytes: Uint8Array, { sectors, sectorBytes }: DiskGeometry) {
  if (bytes.length < sectorBytes || Buffer.from(bytes.subarray(0, 8)).toString("latin1") !== signature)
    return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const u32 = (offset: number) => view.getUint32(offset, true);
  const sector = (offset: number) => sectorOf(view, offset);
  const size = u32(headerOffsets.size);
  if (u32(headerOffsets.revision) !== revision || size < headerBytes || size > sectorBytes) return undefined;
  // The checksum is that of the header with zeros in the checksum's place.
  const covered = bytes.slice(0, size);
  covered.fill(0, headerOffsets.checksum, headerOffsets.checksum + 4);
  if (crc32(covered) !== u32(headerOffsets.checksum)) return undefined;
  const header = {
    ownSector: sector(headerOffsets.ownSector),
    firstUsable: sector(headerOffsets.firstUsable),
    lastUsable: sector(headerOffsets.lastUsable),
    entriesSector: sector(headerOffsets.entriesSector),
    entryCount: u32(headerOffsets.entryCount),
    entrySize: u32(headerOffsets.entrySize),
    entriesChecksum: u32(headerOffsets.entriesChecksum),
    diskGuid: decodeGuid(bytes, headerOffsets.diskGuid),
  };
  const { firstUsable, lastUsable, entriesSector, entryCount, entrySize } = header;
  if (!(firstUsable <= lastUsable && lastUsable < sectors && entriesSector < sectors)) return undefined;
  // 128 bytes times a power of two.
  if (entrySize < 128 || (entrySize & (entrySize - 1)) !== 0) return undefined;
  return entryCount * entrySize > entriesLimitBytes ? undefined : header;
}

function decodeEntry(
  entry: Uint8Array,
  number: number,
  { firstUsable, lastUsable }: { readonly firstUsable: number; readonly lastUsable: number },
): TablePartition | undefined {
  const view = new DataView(entry.buffer, entry.byteOffset, entry.byteLength);
  const firstSector = sectorOf(view, entryOffsets.firstSector);
  const lastSector = sectorOf(view, entryOffsets.lastSector);
  if (!(firstUsable <= firstSector && firstSector <= lastSector && lastSector <= lastUsable)) return undefined;
  const name = Buffer.from(entry.subarray(entryOffsets.name, entryOffsets.name + nameUnits * 2));
  return {
    ...{ number, firstSector, lastSector },
    type: decodeGuid(entry, entryOffsets.type),
    guid: decodeGuid(entry, entryOffsets.guid),
    name: name.toString("utf16le").replace(/\0.*$/s, ""),
    attributes: view.getBigUint64(entryOffsets.attributes, true),
  };
}

/** NaN for what no disk has: it is neither below nor above anything. */
function sectorOf(view: DataView, offset: number): number {
  const value = view.getBigUint64(offset, true);
  return value > BigInt(Number.MAX_SAFE_INTEGER) ? Number.NaN : Number(value);
}
