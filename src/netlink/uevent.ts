import { Queue } from "../async/queue.ts";
import { Errno } from "../linux/errno.ts";
import { close } from "../linux/file-descriptor.ts";
import { watchReadable } from "../linux/readiness.ts";
import { AddressFamily, bind, receive, SocketOption, SocketType, setSocketOption, socket } from "../linux/socket.ts";
import { SyscallError } from "../linux/syscall-error.ts";
import { netlinkAddress } from "./netlink-socket.ts";

/** NETLINK_KOBJECT_UEVENT and its group of the kernel's own messages; udevd's copies are another group. */
const family = 15;
const kernelGroup = 1;
/** The kernel's limit for one event is 2 KiB. */
const bufferSize = 8 * 1_024;
const receiveBufferSize = 1_024 * 1_024;
const eventsWaiting = 1_024;

/** What the kernel says about one of its objects: a device, a module. */
export interface Uevent {
  /** `add`, `remove`, `change`, `bind`, `unbind`, `move`, `online`, `offline`. */
  readonly action: string;
  /** Below /sys: `/module/xfs`. */
  readonly path: string;
  readonly subsystem: string;
  readonly properties: ReadonlyMap<string, string>;
}

/** `lost`: there were more, look at everything again. */
export type UeventOrLoss = Uevent | "lost";

export interface UeventOptions {
  readonly subsystem: string;
  readonly signal: AbortSignal;
  /** How many may wait for the reader; 1 for one who only wants to know that something happened. */
  readonly limit?: number;
}

/** Listens from the moment it returns until the signal aborts. Nothing is polled. */
export function watchUevents({ subsystem, signal, limit = eventsWaiting }: UeventOptions): AsyncIterable<UeventOrLoss> {
  const file = socket(AddressFamily.netlink, SocketType.raw, family);
  const queue = new Queue<UeventOrLoss>(limit);
  let watch: Disposable | undefined;
  const stop = () => {
    watch?.[Symbol.dispose]();
    close(file);
    queue.close();
  };
  try {
    setSocketOption(file, SocketOption.socketLevel, SocketOption.receiveBuffer, receiveBufferSize);
    bind(file, netlinkAddress.encode({ family: AddressFamily.netlink, groups: kernelGroup }));
    const buffer = new Uint8Array(bufferSize);
    watch = watchReadable(
      file,
      () => {
        for (let event = next(file, buffer); event !== undefined; event = next(file, buffer)) {
          if (event === "lost" || (event !== "other" && event.subsystem === subsystem)) {
            // What does not fit pushes out the oldest, and the reader has to know.
            queue.push(queue.length < limit ? event : "lost");
          }
        }
      },
      (error) => queue.close(error),
    );
  } catch (thrown) {
    close(file);
    throw thrown;
  }
  if (signal.aborted) stop();
  else signal.addEventListener("abort", stop, { once: true });
  return queue;
}

function next(file: number, buffer: Uint8Array): UeventOrLoss | "other" | undefined {
  try {
    const received = receive(file, buffer);
    if (received === undefined) return undefined;
    // Any process may send to our port; only the kernel's own port is 0.
    const isKernels = received.from.length >= netlinkAddress.size && netlinkAddress.decode(received.from).port === 0;
    return (isKernels && decodeUevent(buffer.subarray(0, received.length))) || "other";
  } catch (thrown) {
    if (thrown instanceof SyscallError && thrown.errno === Errno.ENOBUFS) return "lost";
    throw thrown;
  }
}

/** `add@/module/xfs`, then `NAME=value` for each property, each ended by a NUL. Undefined for anything else. */
export function decodeUevent(datagram: Uint8Array): Uevent | undefined {
  const [header = "", ...lines] = new TextDecoder().decode(datagram).split("\0");
  const [, action, path] = /^([a-z]+)@(\/.*)$/s.exec(header) ?? [];
  if (action === undefined || path === undefined) return undefined;
  const properties = new Map<string, string>();
  for (const line of lines) {
    const separator = line.indexOf("=");
    if (separator > 0) properties.set(line.slice(0, separator), line.slice(separator + 1));
  }
  return { action, path, subsystem: properties.get("SUBSYSTEM") ?? "", properties };
}
