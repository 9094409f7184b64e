import { ptr } from "bun:ffi";
import { Errno } from "./errno.ts";
import { OpenFlag } from "./file-descriptor.ts";
import { i64, struct, u16, u32, u64 } from "./struct.ts";
import { rawSyscall, syscall } from "./syscall.ts";
import { check } from "./syscall-error.ts";

/** struct iocb, <linux/aio_abi.h>, little endian. */
export const iocb = struct({
  data: u64,
  key: u32,
  rwFlags: u32,
  opcode: u16,
  priority: u16,
  file: u32,
  buffer: u64,
  byteCount: u64,
  offset: i64,
  reserved: u64,
  flags: u32,
  resultFile: u32,
});
/** struct io_event, <linux/aio_abi.h>. */
export const ioEvent = struct({ data: u64, object: u64, result: i64, result2: i64 });
/** Constants of <linux/aio_abi.h> and <poll.h>. */
export const Aio = { poll: 5, resultToEventFile: 1, readable: 1 } as const;

const sysSetup = rawSyscall("io_setup", ["int", "pointer"]);
const sysSubmit = rawSyscall("io_submit", ["long", "long", "pointer"]);
const sysCancel = rawSyscall("io_cancel", ["long", "pointer", "pointer"]);
const sysEvents = rawSyscall("io_getevents", ["long", "long", "long", "pointer", "pointer"]);
const sysEventFile = syscall("eventfd", ["int", "int"]);

/** Descriptors that can be watched at once in one thread. */
const capacity = 256;
const batch = 64;
const noWait = new BigInt64Array(2);

interface Watch {
  readonly onReadable: () => void;
  readonly onError: (error: unknown) => void;
  /** The request as the kernel knows it: its address must stay valid while it is submitted. */
  readonly request: Uint8Array;
}

/**
 * Readiness of descriptors that Bun cannot read itself (netlink, packet, kmsg, inotify): the kernel's asynchronous
 * I/O polls them, its completions raise an eventfd, and that is an ordinary file to Bun's own event loop. No thread,
 * no timer, and datagrams keep their boundaries.
 */
class Poller {
  readonly #context: number;
  readonly #eventFile: number;
  readonly #watches = new Map<number, Watch>();
  readonly #events = new Uint8Array(ioEvent.size * batch);
  #lastId = 0;

  constructor() {
    const context = new BigUint64Array(1);
    check(sysSetup(capacity, context), () => "Cannot set up asynchronous I/O");
    this.#context = Number(context[0]);
    const flags = OpenFlag.nonBlocking | OpenFlag.closeOnExec;
    this.#eventFile = check(sysEventFile(0, flags), () => "Cannot create an eventfd");
    void this.#run();
  }

  add(fd: number, onReadable: () => void, onError: (error: unknown) => void): Disposable {
    this.#lastId += 1;
    const id = this.#lastId;
    const request = iocb.encode({
      data: id,
      opcode: Aio.poll,
      file: fd,
      buffer: Aio.readable,
      flags: Aio.resultToEventFile,
      resultFile: this.#eventFile,
    });
    this.#submit(request, fd);
    this.#watches.set(id, { onReadable, onError, request });
    return { [Symbol.dispose]: () => this.#remove(id) };
  }

  async #run(): Promise<void> {
    for await (const _ of Bun.file(this.#eventFile).stream()) this.#dispatch();
  }

  /**
   * One batch a turn: a request that is ready again at once raises the eventfd again, and meanwhile the event loop has
   * served everyone else.
   */
  #dispatch(): void {
    let count = -Errno.EINTR as number;
    while (count === -Errno.EINTR) count = sysEvents(this.#context, 0, batch, this.#events, noWait);
    check(count, () => "Cannot read I/O events");
    const ids = Array.from({ length: count }, (_, index) => ioEvent.decode(this.#events, index * ioEvent.size).data);
    for (const id of ids) this.#wake(id);
    if (count === batch) setImmediate(() => this.#dispatch());
  }

  #wake(id: number): void {
    const watch = this.#watches.get(id);
    if (watch === undefined) return; // disposed of after the event was queued
    try {
      watch.onReadable();
      if (this.#watches.has(id)) this.#submit(watch.request, iocb.decode(watch.request).file);
    } catch (thrown) {
      this.#remove(id);
      watch.onError(thrown);
    }
  }

  #submit(request: Uint8Array, fd: number): void {
    const pointers = new BigUint64Array([BigInt(ptr(request))]);
    check(sysSubmit(this.#context, 1, pointers), () => `Cannot wait for descriptor ${fd}`);
  }

  #remove(id: number): void {
    const watch = this.#watches.get(id);
    if (watch === undefined) return;
    this.#watches.delete(id);
    // Fails with EINPROGRESS or EINVAL by kernel version and state; either way no event reaches the watch now.
    sysCancel(this.#context, watch.request, new Uint8Array(ioEvent.size));
  }
}

let poller: Poller | undefined;

/**
 * Calls `onReadable` each time a descriptor has something to read (or has failed: reading tells). It must drain: read
 * without blocking until nothing is left. Dispose before closing the descriptor.
 * @param onError gets what `onReadable` threw; the watch is over then. By default it is thrown in the event loop.
 */
export function watchReadable(
  fd: number,
  onReadable: () => void,
  onError: (error: unknown) => void = (error) => queueMicrotask(() => Promise.reject(error)),
): Disposable {
  poller ??= new Poller();
  return poller.add(fd, onReadable, onError);
}

/** Waits until a descriptor has something to read, or `signal` aborts. */
export async function untilReadable(fd: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const watch = watchReadable(fd, () => {
    watch[Symbol.dispose]();
    resolve();
  });
  const stop = () => resolve();
  signal?.addEventListener("abort", stop, { once: true });
  await promise;
  signal?.removeEventListener("abort", stop);
  watch[Symbol.dispose]();
}
