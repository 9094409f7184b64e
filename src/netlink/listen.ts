import { Queue } from "../async/queue.ts";
import { Errno } from "../linux/errno.ts";
import { watchReadable } from "../linux/readiness.ts";
import { SyscallError } from "../linux/syscall-error.ts";
import type { NetlinkMessage } from "./message.ts";
import { NetlinkSocket } from "./netlink-socket.ts";

export interface Listening<T> {
  /** Of the socket: NETLINK_ROUTE, NETLINK_GENERIC, … */
  readonly protocol: number;
  /** Multicast groups below 32, as a bit mask. */
  readonly groups?: number;
  /** A multicast group by its number. */
  readonly group?: number;
  /** What a message tells; nothing, if it is of no interest or not whole. */
  readonly decode: (message: NetlinkMessage) => Iterable<T>;
  /** Told in place of what was lost, in the kernel or here: read everything again. */
  readonly lost: T;
}

/** How much waits for its reader; one more is `lost`. */
const queueLimit = 1_024;

/** Listens to multicast from the moment it returns until `signal` aborts. Nothing is polled. */
export function listen<T>(listening: Listening<T>, signal: AbortSignal): AsyncIterable<T> {
  const { protocol, groups, group, lost } = listening;
  const socket = new NetlinkSocket(protocol, groups);
  if (group !== undefined) socket.join(group);
  const queue = new Queue<T>(queueLimit);
  const push = (item: T) => {
    // The last place is for the news that the rest was lost; it goes on once the reader has caught up.
    if (queue.length < queueLimit - 1) queue.push(item);
    else if (queue.length === queueLimit - 1) queue.push(lost);
  };
  const watch = watchReadable(
    socket.fd,
    () => drain(socket, listening, push),
    (error) => queue.close(error),
  );
  const stop = () => {
    watch[Symbol.dispose]();
    socket[Symbol.dispose]();
    queue.close();
  };
  if (signal.aborted) stop();
  else signal.addEventListener("abort", stop, { once: true });
  return queue;
}

function drain<T>(socket: NetlinkSocket, { decode, lost }: Listening<T>, push: (item: T) => void): void {
  while (true) {
    const messages = receiveOrLost(socket);
    if (messages === undefined) return;
    if (messages === "lost") push(lost);
    else for (const message of messages) for (const item of decode(message)) push(item);
  }
}

function receiveOrLost(socket: NetlinkSocket): NetlinkMessage[] | "lost" | undefined {
  try {
    return socket.receive();
  } catch (thrown) {
    if (thrown instanceof SyscallError && thrown.errno === Errno.ENOBUFS) return "lost";
    throw thrown;
  }
}
