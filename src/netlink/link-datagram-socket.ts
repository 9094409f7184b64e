import { Queue } from "../async/queue.ts";
import { Errno } from "../linux/errno.ts";
import { close } from "../linux/file-descriptor.ts";
import { encodeAddress } from "../linux/internet-address.ts";
import { watchReadable } from "../linux/readiness.ts";
import {
  AddressFamily,
  bind,
  receive,
  SocketOption,
  SocketType,
  send,
  setSocketOption,
  socket,
} from "../linux/socket.ts";
import { BindOption, Inet6Option, socketAddress6 } from "../linux/socket-address6.ts";
import { SyscallError } from "../linux/syscall-error.ts";
import { networkOrder } from "./packet-address.ts";

const queueLimit = 64;
const bufferSize = 8_192;
/** The link is down, has no address of its own yet, or has no room for the moment. */
const passing: readonly number[] = [
  ...[Errno.ENETDOWN, Errno.ENETUNREACH, Errno.EADDRNOTAVAIL, Errno.ENOBUFS, Errno.EAGAIN],
];

/** UDP over IPv6 on one link alone, whatever the others have; the kernel says from which address. */
export class LinkDatagramSocket implements Disposable {
  readonly #fd: number;
  readonly #to: Uint8Array;

  /** @param to a group of the link's own, `ff02::1:2`, and its port */
  constructor(linkIndex: number, localPort: number, to: { readonly group: string; readonly port: number }) {
    const family = AddressFamily.inet6;
    this.#to = socketAddress6.encode({
      ...{ family, port: networkOrder(to.port), address: encodeAddress(to.group), scope: linkIndex },
    });
    this.#fd = socket(family, SocketType.datagram, 0);
    try {
      setSocketOption(this.#fd, Inet6Option.level, Inet6Option.onlyInet6, 1);
      setSocketOption(this.#fd, Inet6Option.level, Inet6Option.multicastLink, linkIndex);
      // Each link has a socket of its own on the same port.
      setSocketOption(this.#fd, SocketOption.socketLevel, BindOption.reuseAddress, 1);
      setSocketOption(this.#fd, SocketOption.socketLevel, BindOption.toLink, linkIndex);
      bind(this.#fd, socketAddress6.encode({ family, port: networkOrder(localPort) }));
    } catch (thrown) {
      close(this.#fd);
      throw thrown;
    }
  }

  [Symbol.dispose](): void {
    close(this.#fd);
  }

  /** Sends to the group. A link that cannot send now loses it, as networks do. */
  send(datagram: Uint8Array): void {
    try {
      send(this.#fd, datagram, this.#to);
    } catch (thrown) {
      if (!(thrown instanceof SyscallError && passing.includes(thrown.errno))) throw thrown;
    }
  }

  /** What arrives from the moment of the call until `signal` aborts. When the reader is slow the oldest go. */
  datagrams(signal: AbortSignal): AsyncIterable<Uint8Array> {
    const queue = new Queue<Uint8Array>(queueLimit);
    const buffer = new Uint8Array(bufferSize);
    const drain = () => {
      for (let received = this.#receive(buffer); received !== undefined; received = this.#receive(buffer)) {
        if (received.length <= buffer.length) queue.push(buffer.slice(0, received.length));
      }
    };
    const watch = watchReadable(this.#fd, drain, (error) => queue.close(error));
    const stop = () => {
      watch[Symbol.dispose]();
      queue.close();
    };
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
    return queue;
  }

  #receive(buffer: Uint8Array): ReturnType<typeof receive> {
    try {
      return receive(this.#fd, buffer);
    } catch (thrown) {
      if (thrown instanceof SyscallError && thrown.errno === Errno.ENETDOWN) return undefined;
      throw thrown;
    }
  }
}
