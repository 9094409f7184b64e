import { crc32 } from "node:zlib";
import type { BlockDevice } from "./device.ts";

/**
 * A mark on a disk that we found blank and began to divide: until it is gone, nothing on that disk is anybody's, and
 * whoever finds it may begin again. It is one sector, which a disk writes whole or not at all; it stands right before
 * the first partition, where no partition table has anything.
 */
const endBytes = 1_024 * 1_024;
const text = "machined: this disk is being prepared, nothing on it is in use yet\n";

/** Writes the mark. When this returns, it survives a power cut. */
export function claim(device: BlockDevice): void {
  device.writeAt(placeOf(device), mark(device));
  device.sync();
}

/** Takes the mark away; everything that was written before is stored first. */
export function release(device: BlockDevice): void {
  device.sync();
  device.writeAt(placeOf(device), new Uint8Array(device.sectorBytes));
  device.sync();
}

export function isClaimed(device: BlockDevice): boolean {
  return Buffer.from(device.readAt(placeOf(device), device.sectorBytes)).equals(mark(device));
}

const placeOf = ({ sectorBytes }: BlockDevice) => endBytes - sectorBytes;

/** It names the disk's size: a copy of a disk on a bigger one is not ours to begin again. */
function mark({ sectorBytes, sizeBytes }: BlockDevice): Uint8Array<ArrayBuffer> {
  const sector = new Uint8Array(sectorBytes);
  const content = Buffer.from(`${text}${sizeBytes} bytes\n`);
  sector.set(content);
  new DataView(sector.buffer).setUint32(sectorBytes - 4, crc32(content), true);
  return sector;
}
