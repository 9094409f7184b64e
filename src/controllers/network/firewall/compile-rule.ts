import { rangeOfPrefix, subtract, unite } from "../../../net/number-ranges.ts";
import { NetfilterFamily } from "../../../netlink/nftables/constants.ts";
import { keyKinds, rangeSet, valueSet } from "../../../netlink/nftables/element-set.ts";
import {
  bitwise,
  compare,
  counter,
  type Expression,
  limit,
  loadConntrackState,
  loadMeta,
  loadPayload,
  lookup,
  storeMark,
  verdict,
} from "../../../netlink/nftables/expressions.ts";
import { hostOrder32 } from "../../../netlink/nftables/nfnetlink.ts";
import type { Rule } from "../../../netlink/nftables/table.ts";
import type { NfTablesChain } from "../../../resources/network/nftables-chain.ts";
import { conntrackState, transportProtocol } from "../../../resources/network/nftables-names.ts";
import { clampSegmentSize } from "./segment-size.ts";

export type ChainRule = NfTablesChain["rules"][number];

/** Where a family's header has its addresses: RFC 791, 3.1; RFC 8200, 3. */
export const families = [
  { name: "inet4", kind: keyKinds.address4, source: 12, destination: 16 },
  { name: "inet6", kind: keyKinds.address6, source: 8, destination: 24 },
] as const;
export type Family = (typeof families)[number];

/** The kernel's rules for one of ours: one for each family where they differ, none if no packet can be meant. */
export function compileRule(rule: ChainRule): readonly Rule[] {
  const before = [
    ...interfaceMatch("inputName", rule.matchIIfName),
    ...interfaceMatch("outputName", rule.matchOIfName),
    ...markMatch(rule.matchMark),
    ...stateMatch(rule.matchConntrackState),
    ...(rule.matchLayer4 === undefined ? [] : [loadMeta("protocol"), protocolIs(rule.matchLayer4.protocol)]),
  ];
  const after = [
    ...portMatch(0, rule.matchLayer4?.matchSourcePort),
    ...portMatch(2, rule.matchLayer4?.matchDestinationPort),
    ...icmpMatch(rule.matchLayer4),
    ...(rule.matchLimit === undefined ? [] : [limit(rule.matchLimit.packetRatePerSecond)]),
    ...markChange(rule.setMark),
    ...(rule.anonymousCounter === true ? [counter] : []),
    ...(rule.verdict === undefined ? [] : [verdict(rule.verdict)]),
  ];
  const { matchSourceAddress: source, matchDestinationAddress: destination, clampMSS } = rule;
  if (source === undefined && destination === undefined && clampMSS === undefined) {
    return before.length + after.length === 0 ? [] : [[...before, ...after]];
  }
  return families.flatMap((family) => {
    const matches = [addressMatch(family, "source", source), addressMatch(family, "destination", destination)];
    if (matches.includes(undefined)) return [];
    const ofFamily = [loadMeta("family"), compare("equal", Uint8Array.of(NetfilterFamily[family.name]))];
    const clamping = clampMSS === undefined ? [] : clampSegmentSize(family.name, clampMSS.mtu);
    return [[...before, ...ofFamily, ...matches.flatMap((match) => match ?? []), ...clamping, ...after]];
  });
}

function interfaceMatch(which: "inputName" | "outputName", match: ChainRule["matchIIfName"]): Expression[] {
  if (match === undefined) return [];
  const names = [...new Set(match.interfaceName)].map(interfaceKey);
  const [only] = names;
  const isInverted = match.operator === "!=";
  if (names.length === 1 && only !== undefined)
    return [loadMeta(which), compare(isInverted ? "notEqual" : "equal", only)];
  return [loadMeta(which), lookup(valueSet(keyKinds.interfaceName, names), isInverted)];
}

/** IFNAMSIZ bytes, filled up with zeros. */
function interfaceKey(name: string): Uint8Array {
  const key = new Uint8Array(keyKinds.interfaceName.lengthBytes);
  key.set(Buffer.from(name).subarray(0, key.length - 1));
  return key;
}

function markMatch(match: ChainRule["matchMark"]): Expression[] {
  if (match === undefined) return [];
  const { mask = 0, xor = 0, value = 0 } = match;
  return [...[loadMeta("mark"), bitwise(hostOrder32(mask), hostOrder32(xor))], compare("equal", hostOrder32(value))];
}

function markChange(change: ChainRule["setMark"]): Expression[] {
  if (change === undefined) return [];
  const { mask = 0, xor = 0 } = change;
  return [loadMeta("mark"), bitwise(hostOrder32(mask), hostOrder32(xor)), storeMark];
}

/** A packet has one state: any of these. */
function stateMatch(match: ChainRule["matchConntrackState"]): Expression[] {
  if (match === undefined) return [];
  const wanted = match.states.reduce((bits, state) => bits | conntrackState.numbers[state], 0);
  return [loadConntrackState, bitwise(hostOrder32(wanted)), compare("notEqual", hostOrder32(0))];
}

const protocolIs = (protocol: keyof typeof transportProtocol.numbers): Expression =>
  compare("equal", Uint8Array.of(transportProtocol.numbers[protocol]));

type AddressMatch = NonNullable<ChainRule["matchSourceAddress"]>;

/** Nothing to compare when every address of the family is meant; undefined when none is. */
function addressMatch(
  { kind, ...offsets }: Family,
  which: "source" | "destination",
  match: AddressMatch | undefined,
): readonly Expression[] | undefined {
  if (match === undefined) return [];
  const ofFamily = (prefixes: readonly string[] = []) =>
    prefixes.filter((prefix) => prefix.includes(":") === (offsets.name === "inet6")).map(rangeOfPrefix);
  const ranges = subtract(ofFamily(match.includeSubnets), ofFamily(match.excludeSubnets));
  const isInverted = match.invert === true;
  if (ranges.length === 0) return isInverted ? [] : undefined;
  const size = 1n << BigInt(kind.lengthBytes * 8);
  const isAll = ranges.length === 1 && ranges.every(({ first, last }) => last - first + 1n === size);
  if (isAll) return isInverted ? undefined : [];
  return [loadPayload("network", offsets[which], kind.lengthBytes), lookup(rangeSet(kind, ranges), isInverted)];
}

type PortMatch = NonNullable<NonNullable<ChainRule["matchLayer4"]>["matchSourcePort"]>;

function portMatch(offsetBytes: number, match: PortMatch | undefined): Expression[] {
  if (match === undefined) return [];
  const ranges = (match.ranges ?? []).map(({ lo, hi }) => ({ first: BigInt(lo), last: BigInt(hi) }));
  return [loadPayload("transport", offsetBytes, 2), lookup(rangeSet(keyKinds.port, unite(ranges)))];
}

function icmpMatch(match: ChainRule["matchLayer4"]): Expression[] {
  if (match?.matchICMPType === undefined) return [];
  const keys = [...new Set(match.matchICMPType.types)].map((type) => Uint8Array.of(type));
  const kind = match.protocol === "icmpv6" ? keyKinds.icmp6Type : keyKinds.icmpType;
  return [loadPayload("transport", 0, 1), lookup(valueSet(kind, keys))];
}
