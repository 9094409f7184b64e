import { close } from "../linux/file-descriptor.ts";
import { AddressFamily, SocketType, socket } from "../linux/socket.ts";
import { encodeArpRequest } from "./arp.ts";
import { allNodesStation, encodeNeighbourAdvertisement } from "./neighbour-advertisement.ts";
import { networkOrder } from "./network-order.ts";
import { EthernetProtocol, everyStation, packetAddress } from "./packet-address.ts";
import { parseHardwareAddress } from "./rtnetlink/link.ts";
import { isLinkDownOrGone, sendOrLose } from "./send-or-lose.ts";

/**
 * Tells all neighbours on a link, unasked, that an address is here now: by ARP, or for IPv6 by an advertisement. One
 * packet, which a link that is down or gone loses.
 */
export function announceAddress(linkIndex: number, hardwareAddress: string, address: string): void {
  const isInet6 = address.includes(":");
  const packet = isInet6
    ? encodeNeighbourAdvertisement(hardwareAddress, address)
    : encodeGratuitousArp(hardwareAddress, address);
  const to = isInet6 ? allNodesStation : everyStation;
  const protocol = networkOrder(isInet6 ? EthernetProtocol.inet6 : EthernetProtocol.arp);
  const fd = socket(AddressFamily.packet, SocketType.datagram, 0);
  try {
    const { length: addressLength } = to;
    sendOrLose(
      fd,
      packet,
      packetAddress.encode({ family: AddressFamily.packet, protocol, index: linkIndex, addressLength, address: to }),
      isLinkDownOrGone,
    );
  } finally {
    close(fd);
  }
}

/** RFC 5227 §2.3: who asks for an address that is its own tells everyone that it is. */
export const encodeGratuitousArp = (hardwareAddress: string, address: string): Uint8Array =>
  encodeArpRequest({
    senderHardware: parseHardwareAddress(hardwareAddress),
    ...{ senderAddress: address, targetAddress: address },
  });
