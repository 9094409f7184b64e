import { decodeAddress, encodeAddress } from "../linux/internet-address.ts";
import { bytes, struct, u8, u16 } from "../linux/struct.ts";
import { networkOrder } from "./network-order.ts";

/** An ARP packet of Ethernet and IPv4, RFC 826; `struct ether_arp` of <netinet/if_ether.h>, numbers in network order. */
export const arpPacket = struct({
  hardwareType: u16,
  protocolType: u16,
  hardwareSize: u8,
  protocolSize: u8,
  operation: u16,
  senderHardware: bytes(6),
  senderAddress: bytes(4),
  targetHardware: bytes(6),
  targetAddress: bytes(4),
});

export interface Arp {
  readonly operation: "request" | "reply";
  /** Six bytes. */
  readonly senderHardware: Uint8Array;
  /** `0.0.0.0` of a station that has no address yet. */
  readonly senderAddress: string;
  readonly targetAddress: string;
}

const operations = { request: 1, reply: 2 } as const;
const [ethernet, inet4] = [1, 0x0800];

/** A question to everyone, whose hardware address is left out. */
export const encodeArpRequest = ({ senderHardware, senderAddress, targetAddress }: Omit<Arp, "operation">) =>
  arpPacket.encode({
    ...{ hardwareType: networkOrder(ethernet), protocolType: networkOrder(inet4), hardwareSize: 6, protocolSize: 4 },
    ...{ operation: networkOrder(operations.request), senderHardware, targetHardware: new Uint8Array(6) },
    ...{ senderAddress: encodeAddress(senderAddress), targetAddress: encodeAddress(targetAddress) },
  });

/** Reads a packet; undefined when it is none of Ethernet and IPv4. */
export function decodeArp(packet: Uint8Array): Arp | undefined {
  if (packet.length < arpPacket.size) return undefined;
  const { senderHardware, senderAddress, targetAddress, ...head } = arpPacket.decode(packet);
  const { hardwareType, protocolType, hardwareSize, protocolSize } = head;
  if (networkOrder(hardwareType) !== ethernet || networkOrder(protocolType) !== inet4) return undefined;
  if (hardwareSize !== 6 || protocolSize !== 4) return undefined;
  const operation = networkOrder(head.operation);
  if (operation !== operations.request && operation !== operations.reply) return undefined;
  return {
    operation: operation === operations.request ? "request" : "reply",
    senderHardware,
    senderAddress: decodeAddress(senderAddress) ?? "",
    targetAddress: decodeAddress(targetAddress) ?? "",
  };
}
