import { Queue } from "../async/queue.ts";
import { close, OpenFlag, read } from "./file-descriptor.ts";
import { watchReadable } from "./readiness.ts";
import { i32, struct, u32 } from "./struct.ts";
import { syscall } from "./syscall.ts";
import { check } from "./syscall-error.ts";

/** Events of inotify(7), from <sys/inotify.h>. */
export const InotifyEvent = {
  modify: 0x2,
  attributes: 0x4,
  closeWrite: 0x8,
  movedFrom: 0x40,
  movedTo: 0x80,
  create: 0x100,
  delete: 0x200,
  deleteSelf: 0x400,
  moveSelf: 0x800,
  overflow: 0x4000,
  ignored: 0x8000,
} as const;

/** struct inotify_event without its name. */
export const inotifyHeader = struct({ watch: i32, mask: u32, cookie: u32, length: u32 });

const sysInit = syscall("inotify_init1", ["int"]);
const sysAdd = syscall("inotify_add_watch", ["int", "string", "int"]);
const queueLimit = 1_024;

export interface FileEvent {
  /** InotifyEvent values, or-ed. `overflow`: events were lost, look at everything again. */
  readonly mask: number;
  /** The entry of a watched directory, or "" for the watched path itself. */
  readonly name: string;
}

/**
 * Changes of one file or the entries of one directory, as they happen. The watch is in place when this returns.
 * @param mask InotifyEvent values, or-ed.
 */
export function watchPath(path: string, mask: number, signal: AbortSignal): AsyncIterable<FileEvent> {
  const file = check(sysInit(OpenFlag.nonBlocking | OpenFlag.closeOnExec), () => "Cannot start inotify");
  const queue = new Queue<FileEvent>(queueLimit);
  try {
    check(sysAdd(file, path, mask), () => `Cannot watch "${path}"`);
  } catch (thrown) {
    close(file);
    throw thrown;
  }
  const buffer = new Uint8Array(64 * 1024);
  const drain = () => {
    for (let length = read(file, buffer); length !== undefined && length > 0; length = read(file, buffer)) {
      for (const event of decodeFileEvents(buffer.subarray(0, length))) queue.push(event);
      if (queue.dropped > 0) queue.push({ mask: InotifyEvent.overflow, name: "" });
    }
  };
  const watch = watchReadable(file, drain, (error) => queue.close(error));
  const stop = () => {
    watch[Symbol.dispose]();
    close(file);
    queue.close();
  };
  if (signal.aborted) stop();
  else signal.addEventListener("abort", stop, { once: true });
  return queue;
}

/** Splits what read(2) of an inotify descriptor returned. Stops at the first event that is cut off. */
export function* decodeFileEvents(bytes: Uint8Array): Generator<FileEvent> {
  let at = 0;
  while (at + inotifyHeader.size <= bytes.length) {
    const { mask, length } = inotifyHeader.decode(bytes, at);
    const name = bytes.subarray(at + inotifyHeader.size, at + inotifyHeader.size + length);
    if (name.length < length) return;
    const end = name.indexOf(0);
    yield { mask, name: new TextDecoder().decode(end < 0 ? name : name.subarray(0, end)) };
    at += inotifyHeader.size + length;
  }
}
