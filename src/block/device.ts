import { closeSync, fstatSync, fsyncSync, openSync, readSync, writeSync } from "node:fs";
import { Backoff } from "../async/backoff.ts";
import { pause } from "../async/pause.ts";
import { Failure } from "../errors/failure.ts";
import { messageOf } from "../errors/message.ts";
import { deviceSectorBytes, deviceSizeBytes, rereadPartitions } from "../linux/block-device.ts";
import { Errno } from "../linux/errno.ts";
import { tryLock } from "../linux/file-descriptor.ts";
import { SyscallError } from "../linux/syscall-error.ts";

const lockTimeoutMs = 10_000;

/** A disk or partition that is open, or a file in the place of one. */
export interface BlockDevice extends Disposable {
  readonly path: string;
  readonly sizeBytes: number;
  /** Bytes of a logical sector. */
  readonly sectorBytes: number;
  /** Fewer bytes at the device's end. */
  readAt(offsetBytes: number, lengthBytes: number): Uint8Array<ArrayBuffer>;
  /** Durable only after `sync`. */
  writeAt(offsetBytes: number, bytes: Uint8Array): void;
  /** Returns when the device itself has stored everything that was written to it. */
  sync(): void;
  /**
   * Keeps udev off until the device is closed: it would look at a disk that is half made, and have the kernel read
   * its partitions again under our feet.
   * @throws Failure when udev does not let go of it in time.
   */
  lock(signal: AbortSignal): Promise<void>;
  /** Makes the kernel show the partitions that the disk has now. Does nothing to a file. */
  rereadPartitions(): Promise<void>;
}

/**
 * Opens a device.
 * @throws Failure naming it.
 */
export function openDevice(path: string, { writable = false }: { readonly writable?: boolean } = {}): BlockDevice {
  const fd = attempt("open", path, () => openSync(path, writable ? "r+" : "r"));
  try {
    const isDevice = fstatSync(fd).isBlockDevice();
    return {
      path,
      sizeBytes: isDevice ? deviceSizeBytes(fd, path) : fstatSync(fd).size,
      sectorBytes: isDevice ? deviceSectorBytes(fd, path) : 512,
      readAt: (offset, length) => attempt("read", path, () => readAt(fd, offset, length)),
      writeAt: (offset, bytes) => attempt("write to", path, () => writeAt(fd, offset, bytes)),
      sync: () => attempt("write to", path, () => fsyncSync(fd)),
      lock: (signal) => lock(fd, path, signal),
      rereadPartitions: async () => (isDevice ? await untilNotBusy(() => rereadPartitions(fd, path)) : undefined),
      [Symbol.dispose]: () => closeSync(fd),
    };
  } catch (thrown) {
    closeSync(fd);
    throw thrown;
  }
}

function readAt(fd: number, offset: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const size = readSync(fd, bytes, filled, length - filled, offset + filled);
    if (size === 0) break;
    filled += size;
  }
  return bytes.subarray(0, filled);
}

function writeAt(fd: number, offset: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) {
    done += writeSync(fd, bytes, done, bytes.length - done, offset + done);
  }
}

function attempt<T>(what: string, path: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    throw new Failure(`Cannot ${what} "${path}": ${messageOf(cause)}`, { cause });
  }
}

/** There is no event for a lock that was given back, and to wait in the kernel would stop this thread. */
async function lock(fd: number, path: string, signal: AbortSignal): Promise<void> {
  const patience = AbortSignal.any([signal, AbortSignal.timeout(lockTimeoutMs)]);
  const pauses = new Backoff({ initialMs: 1, maximumMs: 100 });
  while (!tryLock(fd)) {
    signal.throwIfAborted();
    if (patience.aborted) throw new Failure(`Cannot lock "${path}": another process works on it`);
    await pause(pauses.next(), patience).catch(() => undefined);
  }
}

/** Who looks at a new partition, as udev does, keeps it busy for a moment. */
async function untilNotBusy(action: () => void): Promise<void> {
  const deadline = Date.now() + lockTimeoutMs;
  const pauses = new Backoff({ initialMs: 1, maximumMs: 100 });
  while (true) {
    try {
      return action();
    } catch (thrown) {
      const isBusy = thrown instanceof SyscallError && thrown.errno === Errno.EBUSY;
      if (!isBusy || Date.now() > deadline) throw thrown;
    }
    await pause(pauses.next());
  }
}
