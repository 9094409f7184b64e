import { Queue } from "../async/queue.ts";
import { Errno } from "../linux/errno.ts";
import { close } from "../linux/file-descriptor.ts";
import { acceptOnlyUdpPort } from "../linux/packet-filter.ts";
import { watchReadable } from "../linux/readiness.ts";
import { AddressFamily, bind, receive, SocketType, send, socket } from "../linux/socket.ts";
import { SyscallError } from "../linux/syscall-error.ts";
import { EthernetProtocol, everyStation, networkOrder, packetAddress } from "./packet-address.ts";

const queueLimit = 64;
/** An Ethernet frame without jumbo sizes; longer packets are no business of those who use this. */
const bufferSize = 2_048;

/** IPv4 packets with datagrams to one port, on one interface, before the machine has an address; packet(7). */
export class PacketSocket implements Disposable {
  readonly #fd: number;
  readonly #linkIndex: number;

  /**
   * @param udpPort the port of the datagrams to receive; DHCP's clients listen on 68. A busy machine gets millions of other packets: the kernel
   * drops them.
   */
  constructor(linkIndex: number, udpPort = 68) {
    this.#linkIndex = linkIndex;
    // Protocol 0 receives nothing: until it is bound to the interface, packets of others would come in.
    this.#fd = socket(AddressFamily.packet, SocketType.datagram, 0);
    try {
      acceptOnlyUdpPort(this.#fd, udpPort);
      bind(this.#fd, this.#address());
    } catch (thrown) {
      close(this.#fd);
      throw thrown;
    }
  }

  [Symbol.dispose](): void {
    close(this.#fd);
  }

  /** Sends a packet without its link header, to one station or all. A link that is down loses it. */
  send(packet: Uint8Array, to: Uint8Array = everyStation): void {
    try {
      send(this.#fd, packet, this.#address(to));
    } catch (thrown) {
      const lost: readonly number[] = [Errno.ENETDOWN, Errno.ENOBUFS, Errno.EAGAIN];
      if (!(thrown instanceof SyscallError && lost.includes(thrown.errno))) throw thrown;
    }
  }

  /** What arrives from the moment of the call until `signal` aborts. When the reader is slow the oldest go. */
  packets(signal: AbortSignal): AsyncIterable<{ readonly packet: Uint8Array; readonly from: Uint8Array }> {
    const queue = new Queue<{ readonly packet: Uint8Array; readonly from: Uint8Array }>(queueLimit);
    const buffer = new Uint8Array(bufferSize);
    const drain = () => {
      for (let received = this.#receive(buffer); received !== undefined; received = this.#receive(buffer)) {
        if (received.length > buffer.length || received.from.length < packetAddress.size) continue;
        const { address, addressLength } = packetAddress.decode(received.from);
        queue.push({ packet: buffer.slice(0, received.length), from: address.subarray(0, addressLength) });
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
      // The link went down: the kernel says so once, and packets come again when it is up.
      if (thrown instanceof SyscallError && thrown.errno === Errno.ENETDOWN) return undefined;
      throw thrown;
    }
  }

  #address(to: Uint8Array = new Uint8Array(0)): Uint8Array {
    return packetAddress.encode({
      family: AddressFamily.packet,
      protocol: networkOrder(EthernetProtocol.inet4),
      index: this.#linkIndex,
      addressLength: to.length,
      address: to,
    });
  }
}
