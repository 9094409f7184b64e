import { addressFromBytes } from "../address.ts";

const Protocol = { icmp4: 1, tcp: 6, udp: 17, icmp6: 58 } as const;
/** Headers that may stand between IPv6's and what it carries, RFC 8200: options, routing, destinations. */
const extensions: readonly number[] = [0, 43, 60];
const fragment = 44;
const longestChain = 8;

/** One line about an IP packet. @throws RangeError where bytes are missing */
export function describeInternet(packet: Buffer): string {
  const version = packet.readUInt8(0) >> 4;
  if (version === 4) return describeInet4(packet);
  return version === 6 ? describeInet6(packet) : `IP of version ${version}`;
}

/** RFC 791. */
function describeInet4(packet: Buffer): string {
  const headerBytes = (packet.readUInt8(0) & 0xf) * 4;
  const offset = packet.readUInt16BE(6) & 0x1fff;
  const [from, to] = [address(packet, 12, 4), address(packet, 16, 4)];
  if (offset > 0) return `IP ${from} > ${to}: fragment at ${offset * 8}`;
  const length = packet.readUInt16BE(2) - headerBytes;
  return `IP ${describePayload(packet.readUInt8(9), packet.subarray(headerBytes), length, from, to)}`;
}

/** RFC 8200. */
function describeInet6(packet: Buffer): string {
  const [from, to] = [address(packet, 8, 16), address(packet, 24, 16)];
  let [protocol, at] = [packet.readUInt8(6), 40];
  for (let count = 0; extensions.includes(protocol) && count < longestChain; count += 1) {
    const size = (packet.readUInt8(at + 1) + 1) * 8;
    protocol = packet.readUInt8(at);
    at += size;
  }
  if (protocol === fragment) return `IP6 ${from} > ${to}: fragment at ${packet.readUInt16BE(at + 2) & 0xfff8}`;
  const length = packet.readUInt16BE(4) - (at - 40);
  return `IP6 ${describePayload(protocol, packet.subarray(at), length, from, to)}`;
}

/** @param length of the payload as the header says; captured may be less. */
function describePayload(protocol: number, payload: Buffer, length: number, from: string, to: string): string {
  if (protocol === Protocol.tcp || protocol === Protocol.udp) {
    const ends = `${from}.${payload.readUInt16BE(0)} > ${to}.${payload.readUInt16BE(2)}`;
    return `${ends}: ${protocol === Protocol.tcp ? describeTcp(payload, length) : `UDP, length ${length - 8}`}`;
  }
  if (protocol === Protocol.icmp4 || protocol === Protocol.icmp6) {
    return `${from} > ${to}: ${describeIcmp(payload, protocol === Protocol.icmp4 ? icmp4 : icmp6)}`;
  }
  return `${from} > ${to}: protocol ${protocol}, length ${length}`;
}

/** Flags of RFC 9293, from the lowest bit. */
const flags = ["F", "S", "R", "P", ".", "U", "E", "W"];

function describeTcp(segment: Buffer, length: number): string {
  const bits = segment.readUInt8(13);
  const set = flags.filter((_, bit) => (bits & (1 << bit)) !== 0).join("");
  const [sequence, acknowledged, window] = [segment.readUInt32BE(4), segment.readUInt32BE(8), segment.readUInt16BE(14)];
  const payload = length - (segment.readUInt8(12) >> 4) * 4;
  const ack = (bits & 0x10) === 0 ? "" : ` ack ${acknowledged},`;
  return `TCP [${set}], seq ${sequence},${ack} win ${window}, length ${payload}`;
}

/** Types that people look for, RFC 792. */
const icmp4: Readonly<Record<number, string>> = {
  0: "echo reply",
  3: "unreachable",
  5: "redirect",
  8: "echo request",
  11: "time exceeded",
};
/** RFC 4443 and 4861. */
const icmp6: Readonly<Record<number, string>> = {
  1: "unreachable",
  2: "packet too big",
  3: "time exceeded",
  128: "echo request",
  129: "echo reply",
  133: "router solicitation",
  134: "router advertisement",
  135: "neighbor solicitation",
  136: "neighbor advertisement",
};

function describeIcmp(message: Buffer, names: Readonly<Record<number, string>>): string {
  const [type, code] = [message.readUInt8(0), message.readUInt8(1)];
  const name = names[type] ?? `type ${type}`;
  if (name.startsWith("echo")) return `ICMP ${name}, id ${message.readUInt16BE(4)}, seq ${message.readUInt16BE(6)}`;
  return `ICMP ${name}, code ${code}`;
}

function address(packet: Buffer, at: number, size: number): string {
  if (packet.length < at + size) throw new RangeError("the packet ends in its addresses");
  return addressFromBytes(packet.subarray(at, at + size));
}
