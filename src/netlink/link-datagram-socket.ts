import { Errno } from "../linux/errno.ts";
import { close } from "../linux/file-descriptor.ts";
import { encodeAddress } from "../linux/internet-address.ts";
import { AddressFamily, bind, SocketOption, SocketType, setSocketOption, socket } from "../linux/socket.ts";
import { BindOption, Inet6Option, socketAddress6 } from "../linux/socket-address6.ts";
import { SyscallError } from "../linux/syscall-error.ts";
import { datagrams } from "./datagrams.ts";
import { networkOrder } from "./network-order.ts";
import { isLinkDown, sendOrLose } from "./send-or-lose.ts";

const largestBytes = 8_192;
/** The link has no address of its own yet. */
const unready: readonly number[] = [Errno.ENETUNREACH, Errno.EADDRNOTAVAIL];
const isLoss = (thrown: unknown): boolean =>
  isLinkDown(thrown) || (thrown instanceof SyscallError && unready.includes(thrown.errno));

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
    sendOrLose(this.#fd, datagram, this.#to, isLoss);
  }

  /** What arrives from the moment of the call until `signal` aborts. When the reader is slow the oldest go. */
  datagrams(signal: AbortSignal): AsyncIterable<Uint8Array> {
    return datagrams({ fd: this.#fd, largestBytes, read: (datagram) => datagram }, signal);
  }
}
