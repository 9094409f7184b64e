import type { BlockDevice } from "./device.ts";

/** As much of either end as must be zero: more than any partition table or superblock's place. */
const endBytes = 1_024 * 1_024;
const chunkBytes = 128 * 1_024;

/** Whether a device's beginning and end are nothing but zeros. One of no size holds nothing, but is not blank. */
export function isBlank(device: BlockDevice): boolean {
  const { sizeBytes } = device;
  if (sizeBytes === 0) return false;
  return isZero(device, 0, endBytes) && isZero(device, Math.max(0, sizeBytes - endBytes), endBytes);
}

function isZero(device: BlockDevice, startBytes: number, lengthBytes: number): boolean {
  for (let offset = startBytes; offset < startBytes + lengthBytes; offset += chunkBytes) {
    const chunk = device.readAt(offset, chunkBytes);
    if (chunk.some((byte) => byte !== 0)) return false;
    if (chunk.length < chunkBytes) return true;
  }
  return true;
}
