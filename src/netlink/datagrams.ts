import { Queue } from "../async/queue.ts";
import { Errno } from "../linux/errno.ts";
import { watchReadable } from "../linux/readiness.ts";
import { type Received, receive } from "../linux/socket.ts";
import { SyscallError } from "../linux/syscall-error.ts";

export interface Arrivals<T> {
  readonly fd: number;
  /** Longer ones are left out. */
  readonly largestBytes: number;
  /** What to make of a datagram, whose bytes are the reader's to keep; undefined leaves it out. */
  readonly read: (datagram: Uint8Array, from: Uint8Array) => T | undefined;
}

const queueLimit = 64;

/** What arrives on a socket from the moment of the call until `signal` aborts. When the reader is slow the oldest go. */
export function datagrams<T>({ fd, largestBytes, read }: Arrivals<T>, signal: AbortSignal): AsyncIterable<T> {
  const queue = new Queue<T>(queueLimit);
  const buffer = new Uint8Array(largestBytes);
  const drain = () => {
    for (let received = next(fd, buffer); received !== undefined; received = next(fd, buffer)) {
      const { length, from } = received;
      const item = length > buffer.length ? undefined : read(buffer.slice(0, length), from);
      if (item !== undefined) queue.push(item);
    }
  };
  const watch = watchReadable(fd, drain, (error) => queue.close(error));
  const stop = () => {
    watch[Symbol.dispose]();
    queue.close();
  };
  if (signal.aborted) stop();
  else signal.addEventListener("abort", stop, { once: true });
  return queue;
}

function next(fd: number, buffer: Uint8Array): Received | undefined {
  try {
    return receive(fd, buffer);
  } catch (thrown) {
    // The link went down: the kernel says so once, and packets come again when it is up.
    if (thrown instanceof SyscallError && thrown.errno === Errno.ENETDOWN) return undefined;
    throw thrown;
  }
}
