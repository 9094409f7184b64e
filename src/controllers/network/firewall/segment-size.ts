import {
  bitwise,
  compare,
  type Expression,
  immediate,
  loadMeta,
  loadPayload,
  loadSegmentSize,
  storeSegmentSize,
} from "../../../netlink/nftables/expressions.ts";
import { bigEndian16 } from "../../../netlink/nftables/nfnetlink.ts";
import { transportProtocol } from "../../../resources/network/nftables-names.ts";

/** TCP's header with the options that data segments usually carry. */
const tcpBytes = 20 + 12;
const headerBytes = { inet4: 20, inet6: 40 } as const;

/** Where TCP's header has its flags, and those of a connection's first packet: RFC 9293, 3.1. */
const flagsOffset = 13;
const [syn, rst] = [0x02, 0x04];

/** Keeps new connections from sending segments that are larger than the tunnel ahead carries. */
export function clampSegmentSize(family: keyof typeof headerBytes, mtu: number): Expression[] {
  const largest = bigEndian16(mtu - headerBytes[family] - tcpBytes);
  return [
    ...[loadMeta("protocol"), compare("equal", Uint8Array.of(transportProtocol.numbers.tcp))],
    ...[loadPayload("transport", flagsOffset, 1), bitwise(Uint8Array.of(syn | rst))],
    compare("equal", Uint8Array.of(syn)),
    ...[loadSegmentSize, compare("greater", largest)],
    ...[immediate(largest), storeSegmentSize],
  ];
}
