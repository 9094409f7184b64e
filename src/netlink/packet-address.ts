import { bytes, i32, struct, u8, u16 } from "../linux/struct.ts";

/** struct sockaddr_ll, <linux/if_packet.h>; `protocol` is in network byte order. */
export const packetAddress = struct({
  family: u16,
  protocol: u16,
  index: i32,
  hardwareType: u16,
  packetType: u8,
  addressLength: u8,
  address: bytes(8),
});

/** Ethernet protocols, from <linux/if_ether.h>. */
export const EthernetProtocol = { inet4: 0x0800, arp: 0x0806, inet6: 0x86dd } as const;

/** The hardware address of all stations of an Ethernet. */
export const everyStation: Uint8Array = Uint8Array.of(255, 255, 255, 255, 255, 255);
