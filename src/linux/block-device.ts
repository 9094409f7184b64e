import { ioctl } from "./file-descriptor.ts";
import { struct, u64 } from "./struct.ts";

/** ioctl requests of block devices, from <linux/fs.h>. */
export const BlockRequest = { rereadPartitions: 0x125f, sectorBytes: 0x1268, sizeBytes: 0x80081272 } as const;

const size = struct({ bytes: u64 });
/** An int, in the room that the kernel is given for it. */
const number = struct({ value: u64 });

/** Size of the device, BLKGETSIZE64. @throws SyscallError naming the device. */
export function deviceSizeBytes(fd: number, path: string): number {
  const answer = size.encode();
  ioctl(fd, BlockRequest.sizeBytes, answer, () => `Cannot read the size of "${path}"`);
  return size.decode(answer).bytes;
}

/** Bytes of a logical sector, BLKSSZGET. @throws SyscallError naming the device. */
export function deviceSectorBytes(fd: number, path: string): number {
  const answer = number.encode();
  ioctl(fd, BlockRequest.sectorBytes, answer, () => `Cannot read the sector size of "${path}"`);
  return number.decode(answer).value;
}

/**
 * Has the kernel read a disk's partition table again, BLKRRPART; when it returns, the partitions' devices are there.
 * @throws SyscallError with EBUSY while a partition is in use.
 */
export function rereadPartitions(fd: number, path: string): void {
  ioctl(fd, BlockRequest.rereadPartitions, 0, () => `Cannot have the kernel read the partition table of "${path}"`);
}
