import { close } from "../linux/file-descriptor.ts";
import { encodeAddress } from "../linux/internet-address.ts";
import { AddressFamily, SocketType, send, socket } from "../linux/socket.ts";
import { EthernetProtocol, networkOrder, packetAddress } from "./packet-address.ts";
import { parseHardwareAddress } from "./rtnetlink/link.ts";

const everyone = Uint8Array.of(255, 255, 255, 255, 255, 255);
const nobody = new Uint8Array(6);
/** Ethernet, IPv4, lengths of their addresses, and that it is a request: RFC 826. */
const request = Uint8Array.of(0, 1, 8, 0, 6, 4, 0, 1);

/** The packet by which a machine tells its neighbours where an IPv4 address is now, RFC 5227: it asks for its own. */
export const encodeGratuitousArp = (hardwareAddress: string, address: string): Uint8Array =>
  Buffer.concat([
    request,
    parseHardwareAddress(hardwareAddress),
    encodeAddress(address),
    nobody,
    encodeAddress(address),
  ]);

/** Tells all neighbours on a link that an IPv4 address is here. @throws SyscallError when the link is down */
export function announceAddress(linkIndex: number, hardwareAddress: string, address: string): void {
  const fd = socket(AddressFamily.packet, SocketType.datagram, 0);
  try {
    const to = packetAddress.encode({
      ...{ family: AddressFamily.packet, protocol: networkOrder(EthernetProtocol.arp), index: linkIndex },
      ...{ addressLength: everyone.length, address: everyone },
    });
    send(fd, encodeGratuitousArp(hardwareAddress, address), to);
  } finally {
    close(fd);
  }
}
