import { crc32 } from "node:zlib";
import { Failure } from "../../errors/failure.ts";
import { encodeGuid, noGuid } from "./guid.ts";
import {
  entriesSectors,
  entryBytes,
  entryCount,
  entryOffsets,
  headerBytes,
  headerOffsets,
  nameUnits,
  type PartitionTable,
  revision,
  signature,
  type TablePartition,
} from "./table.ts";

/** Bytes for a place of the disk. */
export interface DiskWrite {
  readonly offsetBytes: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * A partition table as the writes that put it on a disk: the backup first, and last the sector that tells old systems
 * to keep off. The kernel sees the table when the one before the last is written.
 * @throws Failure when partitions overlap, or do not fit the disk or the table.
 */
export function encodeTable(table: PartitionTable): DiskWrite[] {
  check(table);
  const { sectors, sectorBytes } = table;
  const entries = encodeEntries(table);
  const last = sectors - 1;
  const backupEntries = last - entriesSectors(sectorBytes);
  const at = (sector: number, bytes: Uint8Array<ArrayBuffer>) => ({ offsetBytes: sector * sectorBytes, bytes });
  return [
    at(backupEntries, entries),
    at(last, encodeHeader(table, entries, { own: last, other: 1, entries: backupEntries })),
    at(2, entries),
    at(1, encodeHeader(table, entries, { own: 1, other: last, entries: 2 })),
    at(0, encodeProtectiveRecord(table)),
  ];
}

function check({ sectors, firstUsable, lastUsable, partitions }: PartitionTable): void {
  const refuse = (why: string) => new Failure(`Cannot write a partition table: ${why}`);
  if (firstUsable > lastUsable || lastUsable >= sectors) throw refuse("the disk is too small");
  const seen: TablePartition[] = [];
  for (const partition of partitions) {
    const { number, name, type, firstSector, lastSector } = partition;
    const which = `partition ${number} ("${name}")`;
    if (!(number >= 1 && number <= entryCount)) throw refuse(`${which} is none of the ${entryCount} it has room for`);
    if (seen.some((other) => other.number === number)) throw refuse(`${which} is there twice`);
    if (name.length > nameUnits) throw refuse(`the name of ${which} is over ${nameUnits} characters`);
    if (type === noGuid) throw refuse(`${which} has no type`);
    if (firstSector < firstUsable || lastSector > lastUsable || firstSector > lastSector) {
      throw refuse(`${which} is at ${firstSector} to ${lastSector}, outside of ${firstUsable} to ${lastUsable}`);
    }
    const other = seen.find((one) => firstSector <= one.lastSector && lastSector >= one.firstSector);
    if (other !== undefined) throw refuse(`${which} overlaps partition ${other.number}`);
    seen.push(partition);
  }
}

function encodeEntries({ partitions, sectorBytes }: PartitionTable): Uint8Array<ArrayBuffer> {
  const entries = new Uint8Array(entriesSectors(sectorBytes) * sectorBytes);
  const view = new DataView(entries.buffer);
  for (const { number, type, guid, name, firstSector, lastSector, attributes } of partitions) {
    const at = (number - 1) * entryBytes;
    entries.set(encodeGuid(type), at + entryOffsets.type);
    entries.set(encodeGuid(guid), at + entryOffsets.guid);
    view.setBigUint64(at + entryOffsets.firstSector, BigInt(firstSector), true);
    view.setBigUint64(at + entryOffsets.lastSector, BigInt(lastSector), true);
    view.setBigUint64(at + entryOffsets.attributes, attributes, true);
    entries.set(Buffer.from(name, "utf16le"), at + entryOffsets.name);
  }
  return entries;
}

interface HeaderPlaces {
  readonly own: number;
  readonly other: number;
  readonly entries: number;
}

function encodeHeader(table: PartitionTable, entries: Uint8Array, places: HeaderPlaces): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(table.sectorBytes);
  const view = new DataView(header.buffer);
  header.set(Buffer.from(signature, "latin1"));
  view.setUint32(headerOffsets.revision, revision, true);
  view.setUint32(headerOffsets.size, headerBytes, true);
  view.setBigUint64(headerOffsets.ownSector, BigInt(places.own), true);
  view.setBigUint64(headerOffsets.otherSector, BigInt(places.other), true);
  view.setBigUint64(headerOffsets.firstUsable, BigInt(table.firstUsable), true);
  view.setBigUint64(headerOffsets.lastUsable, BigInt(table.lastUsable), true);
  header.set(encodeGuid(table.diskGuid), headerOffsets.diskGuid);
  view.setBigUint64(headerOffsets.entriesSector, BigInt(places.entries), true);
  view.setUint32(headerOffsets.entryCount, entryCount, true);
  view.setUint32(headerOffsets.entrySize, entryBytes, true);
  view.setUint32(headerOffsets.entriesChecksum, crc32(entries.subarray(0, entryCount * entryBytes)), true);
  view.setUint32(headerOffsets.checksum, crc32(header.subarray(0, headerBytes)), true);
  return header;
}

/** A table of the old kind with one partition over the whole disk, of the type "this is not for you". */
function encodeProtectiveRecord({ sectors, sectorBytes }: PartitionTable): Uint8Array<ArrayBuffer> {
  const record = new Uint8Array(sectorBytes);
  // Boot flag, first sector as cylinder, head and sector, type, last sector likewise (beyond what those can say).
  record.set([0x00, 0x00, 0x02, 0x00, 0xee, 0xff, 0xff, 0xff], 446);
  const view = new DataView(record.buffer);
  view.setUint32(454, 1, true);
  view.setUint32(458, Math.min(sectors - 1, 0xffff_ffff), true);
  record.set([0x55, 0xaa], 510);
  return record;
}
