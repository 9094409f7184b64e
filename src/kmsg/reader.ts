import { Notice } from "../async/notice.ts";
import { Errno } from "../linux/errno.ts";
import { close, OpenFlag, open, read, SeekFrom, seek } from "../linux/file-descriptor.ts";
import { untilReadable } from "../linux/readiness.ts";
import { SyscallError } from "../linux/syscall-error.ts";
import { type KmsgRecord, parseKmsgRecord } from "./record.ts";

export interface KernelLogOptions {
  /** Goes on with new records until `signal` aborts; without it the reading ends with what is there. */
  readonly follow?: boolean;
  /** Leaves out what is there already: only new records. Of use with `follow`. */
  readonly tail?: boolean;
  readonly signal?: AbortSignal;
  readonly path?: string;
}

/** A record never exceeds this, by the kernel's CONSOLE_EXT_LOG_MAX. */
const recordLimit = 8 * 1_024;

/** The kernel's log, oldest record first. A slow reader loses the oldest: gaps show in `sequence`. */
export async function* readKernelLog(options: KernelLogOptions = {}): AsyncGenerator<KmsgRecord, void, undefined> {
  const { follow = false, tail = false, signal, path = "/dev/kmsg" } = options;
  const file = open(path, OpenFlag.readOnly | OpenFlag.nonBlocking);
  const buffer = new Uint8Array(recordLimit);
  try {
    if (tail) seek(file, 0, SeekFrom.end);
    while (signal?.aborted !== true) {
      const record = nextRecord(file, buffer);
      if (record === ended) return follow && signal !== undefined ? await new Notice().next(signal) : undefined;
      if (record !== undefined) yield record;
      else if (follow) await untilReadable(file, signal);
      else return;
    }
  } finally {
    close(file);
  }
}

/** The kernel's log has no end: this is a file that stands in for it, as in containers. It is always readable. */
const ended = "ended";

function nextRecord(file: number, buffer: Uint8Array): KmsgRecord | typeof ended | undefined {
  while (true) {
    const length = readOrSkip(file, buffer);
    if (length === undefined) return undefined;
    if (length === 0) return ended;
    const record = length === skipped ? undefined : parseKmsgRecord(buffer.subarray(0, length));
    if (record !== undefined) return record;
  }
}

const skipped = -1;

function readOrSkip(file: number, buffer: Uint8Array): number | undefined {
  try {
    return read(file, buffer);
  } catch (thrown) {
    // The record we stood at was overwritten: the kernel has moved us to the oldest that is left.
    if (thrown instanceof SyscallError && thrown.errno === Errno.EPIPE) return skipped;
    throw thrown;
  }
}
