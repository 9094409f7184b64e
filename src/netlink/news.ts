import { Errno } from "../linux/errno.ts";
import { SyscallError } from "../linux/syscall-error.ts";
import { NetlinkSocket } from "./netlink-socket.ts";

/** Whether multicast groups were told anything, for who asks now and then. What nobody asks about costs nothing. */
export class News implements Disposable {
  readonly #socket: NetlinkSocket;

  /** @param groups multicast groups below 32, as a bit mask */
  constructor(protocol: number, groups: number) {
    this.#socket = new NetlinkSocket(protocol, groups);
  }

  [Symbol.dispose](): void {
    this.#socket[Symbol.dispose]();
  }

  /** Since the last time it was asked, or since this was made. The kernel tells before a change returns. */
  any(): boolean {
    let isAny = false;
    while (this.#takeOne()) isAny = true;
    return isAny;
  }

  /** What the kernel had no room for is news as well. */
  #takeOne(): boolean {
    try {
      return this.#socket.receive() !== undefined;
    } catch (thrown) {
      if (thrown instanceof SyscallError && thrown.errno === Errno.ENOBUFS) return true;
      throw thrown;
    }
  }
}
