import { close } from "../linux/file-descriptor.ts";
import { acceptOnlyUdpPort } from "../linux/packet-filter.ts";
import { AddressFamily, bind, SocketType, socket } from "../linux/socket.ts";
import { datagrams } from "./datagrams.ts";
import { networkOrder } from "./network-order.ts";
import { EthernetProtocol, everyStation, packetAddress } from "./packet-address.ts";
import { sendOrLose } from "./send-or-lose.ts";

/** An Ethernet frame without jumbo sizes; longer packets are no business of those who use this. */
const largestBytes = 2_048;

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
    sendOrLose(this.#fd, packet, this.#address(to));
  }

  /** What arrives from the moment of the call until `signal` aborts. When the reader is slow the oldest go. */
  packets(signal: AbortSignal): AsyncIterable<{ readonly packet: Uint8Array; readonly from: Uint8Array }> {
    const read = (packet: Uint8Array, from: Uint8Array) => {
      if (from.length < packetAddress.size) return undefined;
      const { address, addressLength } = packetAddress.decode(from);
      return { packet, from: address.subarray(0, addressLength) };
    };
    return datagrams({ fd: this.#fd, largestBytes, read }, signal);
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
