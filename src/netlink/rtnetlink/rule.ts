import {
  decodeAddress,
  encodeAddress,
  type InternetFamily,
  internetFamily,
  splitPrefix,
} from "../../linux/internet-address.ts";
import { AddressFamily } from "../../linux/socket.ts";
import { struct, u8, u32 } from "../../linux/struct.ts";
import { Attributes, encodeAttributes } from "../attribute.ts";
import { nameOf, RouteTable, RuleAction, RuleAttribute, ruleIsInverted } from "./constants.ts";

/** struct fib_rule_hdr, <linux/fib_rules.h>. */
export const ruleHeader = struct({
  family: u8,
  destinationLength: u8,
  sourceLength: u8,
  typeOfService: u8,
  table: u8,
  reserved1: u8,
  reserved2: u8,
  action: u8,
  flags: u32,
});

/** Which routing table decides about which packets; rules are asked in the order of their priorities. */
export interface Rule {
  readonly family: InternetFamily;
  readonly priority: number;
  /** `table`, `blackhole`, `unreachable`, `prohibit`, or the kernel's number as text. */
  readonly action: string;
  /** 254 is the main table. */
  readonly table: number;
  /** `10.0.0.0/8`, or undefined for any. */
  readonly source: string | undefined;
  readonly destination: string | undefined;
  /** Names of links; undefined for any. */
  readonly inInterface: string | undefined;
  readonly outInterface: string | undefined;
  /** Only packets with this mark, in the bits of the mask. */
  readonly mark: number | undefined;
  readonly markMask: number | undefined;
  /** Routes of prefixes no longer than this do not count. */
  readonly suppressPrefixLength: number | undefined;
  /** It is about all packets but those. */
  readonly isInverted: boolean;
}

/** Reads the body of an RTM_NEWRULE or RTM_DELRULE; undefined for other families than IPv4 and IPv6. */
export function decodeRule(body: Uint8Array): Rule | undefined {
  if (body.length < ruleHeader.size) return undefined;
  const header = ruleHeader.decode(body);
  const family = internetFamily(header.family);
  if (family === undefined) return undefined;
  const attributes = new Attributes(body, ruleHeader.size);
  const prefix = (type: number, length: number) => {
    const address = decodeAddress(attributes.bytes(type) ?? new Uint8Array(0));
    return address === undefined ? undefined : `${address}/${length}`;
  };
  const suppress = attributes.number(RuleAttribute.suppressPrefixLength);
  return {
    family,
    priority: attributes.number(RuleAttribute.priority) ?? 0,
    action: nameOf(RuleAction, header.action) ?? String(header.action),
    table: attributes.number(RuleAttribute.table) ?? header.table,
    source: prefix(RuleAttribute.source, header.sourceLength),
    destination: prefix(RuleAttribute.destination, header.destinationLength),
    inInterface: attributes.text(RuleAttribute.inInterface),
    outInterface: attributes.text(RuleAttribute.outInterface),
    mark: attributes.number(RuleAttribute.mark),
    markMask: attributes.number(RuleAttribute.markMask),
    // The kernel says -1 for none.
    suppressPrefixLength: suppress === 0xffffffff ? undefined : suppress,
    isInverted: (header.flags & ruleIsInverted) !== 0,
  };
}

/** A rule to add or remove; what is left out is any, or 0. */
export interface RuleSpec {
  readonly family: InternetFamily;
  readonly priority: number;
  readonly action?: keyof typeof RuleAction;
  /** 254, the main one, by default. */
  readonly table?: number;
  /** `10.0.0.0/8` */
  readonly source?: string;
  readonly destination?: string;
  readonly inInterface?: string;
  readonly outInterface?: string;
  readonly mark?: number;
  readonly markMask?: number;
  readonly suppressPrefixLength?: number;
  readonly isInverted?: boolean;
}

/** The body of an RTM_NEWRULE or RTM_DELRULE. */
export function encodeRule(rule: RuleSpec): Uint8Array {
  const { family, priority, action = "table", table = action === "table" ? RouteTable.main : 0 } = rule;
  const [source, destination] = [rule.source, rule.destination].map((prefix) => prefix && splitPrefix(prefix));
  const header = ruleHeader.encode({
    family: AddressFamily[family],
    sourceLength: source ? source.length : 0,
    destinationLength: destination ? destination.length : 0,
    // Tables above 255 only fit the attribute.
    table: table < 256 ? table : RouteTable.unspecified,
    action: RuleAction[action],
    flags: rule.isInverted === true ? ruleIsInverted : 0,
  });
  const attributes = encodeAttributes([
    [RuleAttribute.source, source ? encodeAddress(source.address) : undefined],
    [RuleAttribute.destination, destination ? encodeAddress(destination.address) : undefined],
    [RuleAttribute.inInterface, rule.inInterface],
    [RuleAttribute.outInterface, rule.outInterface],
    [RuleAttribute.priority, priority],
    [RuleAttribute.mark, rule.mark],
    [RuleAttribute.markMask, rule.markMask],
    [RuleAttribute.table, table],
    [RuleAttribute.suppressPrefixLength, rule.suppressPrefixLength],
  ]);
  return Buffer.concat([header, attributes]);
}
