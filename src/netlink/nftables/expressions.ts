import type { Attribute, AttributeValue } from "../attribute.ts";
import {
  BitwiseAttribute,
  CompareAttribute,
  CompareOperator,
  ConntrackAttribute,
  conntrackStateKey,
  DataAttribute,
  ImmediateAttribute,
  LimitAttribute,
  LookupAttribute,
  LookupFlag,
  limitOfPackets,
  MetaAttribute,
  MetaKey,
  OptionAttribute,
  PayloadAttribute,
  PayloadBase,
  Register,
  tcpOption,
  Verdict,
  verdictCode,
} from "./constants.ts";
import type { ElementSet } from "./element-set.ts";
import { bigEndian32, bigEndian64 } from "./nfnetlink.ts";

/**
 * One instruction of a rule. The kernel runs them in order on a register machine, until one says that the packet is
 * not meant; ours load into the first register and look at it there.
 */
export interface Expression {
  readonly name: string;
  readonly attributes: readonly Attribute[];
  /** What it looks things up in; whoever sends the rule makes the set, and adds its number. */
  readonly set?: ElementSet;
}

const register = bigEndian32(Register.first);
const value = (data: Uint8Array): AttributeValue => [[DataAttribute.value, data]];

/** Loads what the kernel knows of a packet: its mark, the names of its interfaces, its protocols. */
export const loadMeta = (key: keyof typeof MetaKey): Expression => ({
  name: "meta",
  attributes: [
    [MetaAttribute.key, bigEndian32(MetaKey[key])],
    [MetaAttribute.destination, register],
  ],
});

export const storeMark: Expression = {
  name: "meta",
  attributes: [
    [MetaAttribute.key, bigEndian32(MetaKey.mark)],
    [MetaAttribute.source, register],
  ],
};

/** Loads a part of a packet's header. */
export const loadPayload = (base: keyof typeof PayloadBase, offsetBytes: number, lengthBytes: number): Expression => ({
  name: "payload",
  attributes: [
    [PayloadAttribute.destination, register],
    [PayloadAttribute.base, bigEndian32(PayloadBase[base])],
    [PayloadAttribute.offset, bigEndian32(offsetBytes)],
    [PayloadAttribute.length, bigEndian32(lengthBytes)],
  ],
});

/** Loads what connection tracking says of a packet, as a bit. */
export const loadConntrackState: Expression = {
  name: "ct",
  attributes: [
    [ConntrackAttribute.destination, register],
    [ConntrackAttribute.key, bigEndian32(conntrackStateKey)],
  ],
};

/** `register = register & mask ^ xor`. */
export const bitwise = (mask: Uint8Array, xor: Uint8Array = new Uint8Array(mask.length)): Expression => ({
  name: "bitwise",
  attributes: [
    [BitwiseAttribute.source, register],
    [BitwiseAttribute.destination, register],
    [BitwiseAttribute.length, bigEndian32(mask.length)],
    [BitwiseAttribute.mask, value(mask)],
    [BitwiseAttribute.xor, value(xor)],
  ],
});

/** Goes on only if the register compares so. */
export const compare = (operator: keyof typeof CompareOperator, data: Uint8Array): Expression => ({
  name: "cmp",
  attributes: [
    [CompareAttribute.source, register],
    [CompareAttribute.operator, bigEndian32(CompareOperator[operator])],
    [CompareAttribute.data, value(data)],
  ],
});

/** Goes on only if the register is in the set; `isInverted`: only if it is not. */
export const lookup = (set: ElementSet, isInverted = false): Expression => ({
  name: "lookup",
  attributes: [
    [LookupAttribute.source, register],
    [LookupAttribute.flags, isInverted ? bigEndian32(LookupFlag.inverted) : undefined],
  ],
  set,
});

/** Goes on for so many packets in a second, and for as many at once. */
export const limit = (packetsPerSecond: number): Expression => ({
  name: "limit",
  attributes: [
    [LimitAttribute.rate, bigEndian64(packetsPerSecond)],
    [LimitAttribute.unit, bigEndian64(1)],
    [LimitAttribute.burst, bigEndian32(packetsPerSecond)],
    [LimitAttribute.type, bigEndian32(limitOfPackets)],
  ],
});

export const counter: Expression = { name: "counter", attributes: [] };

export const immediate = (data: Uint8Array): Expression => ({
  name: "immediate",
  attributes: [
    [ImmediateAttribute.destination, register],
    [ImmediateAttribute.data, value(data)],
  ],
});

export const verdict = (what: keyof typeof Verdict): Expression => ({
  name: "immediate",
  attributes: [
    [ImmediateAttribute.destination, bigEndian32(Register.verdict)],
    [ImmediateAttribute.data, [[DataAttribute.verdict, [[verdictCode, bigEndian32(Verdict[what])]]]]],
  ],
});

/** TCP's option that says how much a segment may carry: kind 2, its number two bytes in. RFC 9293, 3.2. */
const segmentSize = (direction: "destination" | "source"): Expression => ({
  name: "exthdr",
  attributes: [
    [OptionAttribute[direction], register],
    [OptionAttribute.type, Uint8Array.of(2)],
    [OptionAttribute.offset, bigEndian32(2)],
    [OptionAttribute.length, bigEndian32(2)],
    [OptionAttribute.operation, bigEndian32(tcpOption)],
  ],
});

export const loadSegmentSize: Expression = segmentSize("destination");
export const storeSegmentSize: Expression = segmentSize("source");
