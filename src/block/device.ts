import { close, ioctl, open } from "../linux/file-descriptor.ts";

/** ioctl requests of block devices, from <linux/fs.h>. */
export const BlockRequest = { size: 0x80081272, rereadPartitions: 0x125f } as const;

/** The size of a block device in bytes. */
export function deviceSizeBytes(path: string): number {
  const size = new BigUint64Array(1);
  withDevice(path, (device) =>
    ioctl(device, BlockRequest.size, new Uint8Array(size.buffer), () => `Cannot read the size of "${path}"`),
  );
  return Number(size[0]);
}

/** Makes the kernel read the partition table again. Fails while a partition is in use. */
export function rereadPartitions(path: string): void {
  withDevice(path, (device) =>
    ioctl(device, BlockRequest.rereadPartitions, 0, () => `Cannot read the partitions of "${path}"`),
  );
}

function withDevice(path: string, use: (device: number) => void): void {
  const device = open(path);
  try {
    use(device);
  } finally {
    close(device);
  }
}
