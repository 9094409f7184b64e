import { close } from "../linux/file-descriptor.ts";
import { AddressFamily, SocketType, send, socket } from "../linux/socket.ts";
import { encodeArpRequest } from "./arp.ts";
import { EthernetProtocol, everyStation, networkOrder, packetAddress } from "./packet-address.ts";
import { parseHardwareAddress } from "./rtnetlink/link.ts";

/** The packet by which a machine tells its neighbours where an IPv4 address is now, RFC 5227: it asks for its own. */
export const encodeGratuitousArp = (hardwareAddress: string, address: string): Uint8Array =>
  encodeArpRequest({
    senderHardware: parseHardwareAddress(hardwareAddress),
    ...{ senderAddress: address, targetAddress: address },
  });

/** Tells all neighbours on a link that an IPv4 address is here. @throws SyscallError when the link is down */
export function announceAddress(linkIndex: number, hardwareAddress: string, address: string): void {
  const fd = socket(AddressFamily.packet, SocketType.datagram, 0);
  try {
    const to = packetAddress.encode({
      ...{ family: AddressFamily.packet, protocol: networkOrder(EthernetProtocol.arp), index: linkIndex },
      ...{ addressLength: everyStation.length, address: everyStation },
    });
    send(fd, encodeGratuitousArp(hardwareAddress, address), to);
  } finally {
    close(fd);
  }
}
