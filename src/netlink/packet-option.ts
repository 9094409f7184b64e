import { bytes, i32, struct, u16, u32 } from "../linux/struct.ts";

/** Level and options of packet sockets, from <linux/if_packet.h>, packet(7). */
export const PacketOption = {
  level: 263,
  addMembership: 1,
  statistics: 6,
  auxiliaryData: 8,
  ignoreOutgoing: 23,
} as const;

/** A membership: everything that passes on the wire, whoever it is for. */
export const promiscuous = 1;

/** SO_TIMESTAMPNS of <asm/socket.h>: asks for the moment of arrival, and is the type of the message that tells it. */
export const arrivalTime = 35;

/** struct packet_mreq. */
export const packetMembership = struct({ index: i32, type: u16, addressLength: u16, address: bytes(8) });

/** struct tpacket_auxdata: what a packet was before the kernel took parts of it away. */
export const packetAuxiliary = struct({
  status: u32,
  length: u32,
  captured: u32,
  linkHeader: u16,
  networkHeader: u16,
  vlanTag: u16,
  vlanProtocol: u16,
});

/** ETH_P_8021Q of <linux/if_ether.h>: a VLAN's protocol where the kernel does not say. */
export const usualVlanProtocol = 0x8100;

/** Bits of its status. */
export const PacketStatus = { vlanTag: 1 << 4, vlanProtocol: 1 << 6 } as const;

/** struct tpacket_stats: packets since they were last asked for, those that found no room included. */
export const packetStatistics = struct({ packets: u32, dropped: u32 });
