import { Errno } from "./errno.ts";
import { close, ioctl, OpenFlag, open } from "./file-descriptor.ts";
import { bytes, struct, u32, u64 } from "./struct.ts";
import { SyscallError } from "./syscall-error.ts";

/** ioctl requests, from <linux/loop.h>. */
export const LoopRequest = { configure: 0x4c0a, clear: 0x4c01, getFree: 0x4c82 } as const;
/** Flags of a loop device, from <linux/loop.h>. */
export const LoopFlag = { readOnly: 1, autoClear: 4, partitionScan: 8, directIo: 16 } as const;

/** struct loop_info64. */
export const loopInfo = struct({
  device: u64,
  inode: u64,
  rdevice: u64,
  offset: u64,
  sizeLimit: u64,
  number: u32,
  encryptType: u32,
  encryptKeySize: u32,
  flags: u32,
  fileName: bytes(64),
  cryptName: bytes(64),
  encryptKey: bytes(32),
  init0: u64,
  init1: u64,
});

/** struct loop_config. */
export const loopConfig = struct({ file: u32, blockSize: u32, info: loopInfo, reserved: bytes(64) });

/** A loop device that is freed when both this handle and the last mount of it are gone. */
export interface LoopDevice extends Disposable {
  /** Such as `/dev/loop0`. */
  readonly path: string;
}

export interface LoopOptions {
  /** Default: true. */
  readonly readOnly?: boolean;
  /** Shows the partitions of the file as devices, too. Default: false. */
  readonly partitions?: boolean;
}

/**
 * Shows a file as a block device, LOOP_CONFIGURE. Dispose of it once it is mounted: the mount keeps it.
 * @throws SyscallError naming the file and the device.
 */
export function attachLoop(file: string, { readOnly = true, partitions = false }: LoopOptions = {}): LoopDevice {
  const access = readOnly ? OpenFlag.readOnly : OpenFlag.readWrite;
  const flags = LoopFlag.autoClear | (readOnly ? LoopFlag.readOnly : 0) | (partitions ? LoopFlag.partitionScan : 0);
  const backing = open(file, access);
  try {
    // Another process may take the free device between the question and the answer's use.
    for (let tries = 0; tries < 16; tries += 1) {
      const device = tryAttach(file, backing, access, flags);
      if (device !== undefined) return device;
    }
    throw new SyscallError(`Cannot attach "${file}" to a loop device`, Errno.EBUSY);
  } finally {
    close(backing);
  }
}

function tryAttach(file: string, backing: number, access: number, flags: number): LoopDevice | undefined {
  const path = `/dev/loop${freeLoopNumber()}`;
  const device = open(path, access);
  const config = loopConfig.encode({
    file: backing,
    info: {
      ...loopInfo.decode(loopInfo.encode()),
      flags,
      fileName: Buffer.from(file).subarray(0, 63),
    },
  });
  try {
    ioctl(device, LoopRequest.configure, config, () => `Cannot attach "${file}" to ${path}`);
  } catch (thrown) {
    close(device);
    if (thrown instanceof SyscallError && thrown.errno === Errno.EBUSY) return undefined;
    throw thrown;
  }
  return { path, [Symbol.dispose]: () => close(device) };
}

function freeLoopNumber(): number {
  const control = open("/dev/loop-control", OpenFlag.readWrite);
  try {
    return ioctl(control, LoopRequest.getFree, 0, () => "Cannot find a free loop device");
  } finally {
    close(control);
  }
}
