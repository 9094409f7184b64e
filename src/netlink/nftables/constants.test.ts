import { expect, test } from "bun:test";
import { cConstants, cLayout, layoutOf } from "../../linux/testing/c-headers.ts";
import {
  BitwiseAttribute,
  batchSubsystem,
  ChainAttribute,
  CompareAttribute,
  CompareOperator,
  ConntrackAttribute,
  conntrackStateKey,
  DataAttribute,
  ElementAttribute,
  ElementFlag,
  ElementListAttribute,
  ExpressionAttribute,
  HookAttribute,
  ImmediateAttribute,
  LimitAttribute,
  LookupAttribute,
  LookupFlag,
  limitOfPackets,
  listElement,
  MetaAttribute,
  MetaKey,
  NetfilterFamily,
  NftMessage,
  netfilterFamily,
  OptionAttribute,
  PayloadAttribute,
  PayloadBase,
  Register,
  RuleAttribute,
  SetAttribute,
  SetFlag,
  setSize,
  TableAttribute,
  TableFlag,
  tcpOption,
  Verdict,
  verdictCode,
} from "./constants.ts";
import { netfilterHeader } from "./nfnetlink.ts";

const headers = [
  "sys/socket.h",
  "linux/netlink.h",
  "linux/netfilter.h",
  "linux/netfilter/nfnetlink.h",
  "linux/netfilter/nf_tables.h",
];

type Group = Readonly<Record<string, number>>;

/** Ours beside the kernel's, each name with the prefix of its group. */
const named = <T extends Group>(ours: T, prefix: string, names: Readonly<Record<keyof T, string>>) =>
  Object.entries(ours).map(([key, value]) => [`${prefix}${names[key]}`, value] as const);

const message = (name: string) => `(NFNL_SUBSYS_NFTABLES << 8) | NFT_MSG_${name}`;

const pairs: readonly (readonly [expression: string, ours: number])[] = [
  ["NETLINK_NETFILTER", netfilterFamily],
  ["NFNL_SUBSYS_NFTABLES", batchSubsystem],
  ...named(NftMessage, "", {
    batchBegin: "NFNL_MSG_BATCH_BEGIN",
    batchEnd: "NFNL_MSG_BATCH_END",
    newTable: message("NEWTABLE"),
    deleteTable: message("DELTABLE"),
    newChain: message("NEWCHAIN"),
    newRule: message("NEWRULE"),
    newSet: message("NEWSET"),
    newSetElements: message("NEWSETELEM"),
  }),
  ...named(NetfilterFamily, "NFPROTO_", { inet: "INET", inet4: "IPV4", inet6: "IPV6" }),
  ...named(TableAttribute, "NFTA_TABLE_", { name: "NAME", flags: "FLAGS" }),
  ...named(TableFlag, "NFT_TABLE_F_", { owner: "OWNER" }),
  ...named(ChainAttribute, "NFTA_CHAIN_", {
    table: "TABLE",
    name: "NAME",
    hook: "HOOK",
    policy: "POLICY",
    type: "TYPE",
  }),
  ...named(HookAttribute, "NFTA_HOOK_", { number: "HOOKNUM", priority: "PRIORITY" }),
  ...named(RuleAttribute, "NFTA_RULE_", { table: "TABLE", chain: "CHAIN", expressions: "EXPRESSIONS" }),
  ["NFTA_LIST_ELEM", listElement],
  ...named(ExpressionAttribute, "NFTA_EXPR_", { name: "NAME", data: "DATA" }),
  ...named(SetAttribute, "NFTA_SET_", {
    ...{ table: "TABLE", name: "NAME", flags: "FLAGS", keyType: "KEY_TYPE", keyLength: "KEY_LEN" },
    ...{ description: "DESC", id: "ID", userData: "USERDATA" },
  }),
  ["NFTA_SET_DESC_SIZE", setSize],
  ...named(SetFlag, "NFT_SET_", { anonymous: "ANONYMOUS", constant: "CONSTANT", interval: "INTERVAL" }),
  ...named(ElementListAttribute, "NFTA_SET_ELEM_LIST_", {
    ...{ table: "TABLE", set: "SET", elements: "ELEMENTS", setId: "SET_ID" },
  }),
  ...named(ElementAttribute, "NFTA_SET_ELEM_", { key: "KEY", flags: "FLAGS" }),
  ...named(ElementFlag, "NFT_SET_ELEM_", { intervalEnd: "INTERVAL_END" }),
  ...named(DataAttribute, "NFTA_DATA_", { value: "VALUE", verdict: "VERDICT" }),
  ["NFTA_VERDICT_CODE", verdictCode],
  ...named(Verdict, "NF_", { drop: "DROP", accept: "ACCEPT" }),
  ...named(Register, "NFT_REG_", { verdict: "VERDICT", first: "1" }),
  ...named(MetaAttribute, "NFTA_META_", { destination: "DREG", key: "KEY", source: "SREG" }),
  ...named(MetaKey, "NFT_META_", {
    ...{ mark: "MARK", inputName: "IIFNAME", outputName: "OIFNAME", family: "NFPROTO", protocol: "L4PROTO" },
  }),
  ...named(CompareAttribute, "NFTA_CMP_", { source: "SREG", operator: "OP", data: "DATA" }),
  ...named(CompareOperator, "NFT_CMP_", { equal: "EQ", notEqual: "NEQ", greater: "GT" }),
  ...named(BitwiseAttribute, "NFTA_BITWISE_", {
    ...{ source: "SREG", destination: "DREG", length: "LEN", mask: "MASK", xor: "XOR" },
  }),
  ...named(LookupAttribute, "NFTA_LOOKUP_", { set: "SET", source: "SREG", setId: "SET_ID", flags: "FLAGS" }),
  ...named(LookupFlag, "NFT_LOOKUP_F_", { inverted: "INV" }),
  ...named(PayloadAttribute, "NFTA_PAYLOAD_", { destination: "DREG", base: "BASE", offset: "OFFSET", length: "LEN" }),
  ...named(PayloadBase, "NFT_PAYLOAD_", { network: "NETWORK_HEADER", transport: "TRANSPORT_HEADER" }),
  ...named(ConntrackAttribute, "NFTA_CT_", { destination: "DREG", key: "KEY" }),
  ["NFT_CT_STATE", conntrackStateKey],
  ...named(LimitAttribute, "NFTA_LIMIT_", { rate: "RATE", unit: "UNIT", burst: "BURST", type: "TYPE" }),
  ["NFT_LIMIT_PKTS", limitOfPackets],
  ...named(ImmediateAttribute, "NFTA_IMMEDIATE_", { destination: "DREG", data: "DATA" }),
  ...named(OptionAttribute, "NFTA_EXTHDR_", {
    ...{ destination: "DREG", type: "TYPE", offset: "OFFSET", length: "LEN", operation: "OP", source: "SREG" },
  }),
  ["NFT_EXTHDR_OP_TCPOPT", tcpOption],
];

test("constants are the kernel's", () => {
  const values = cConstants(
    headers,
    pairs.map(([expression]) => expression),
  );
  expect(Object.fromEntries(pairs)).toEqual(values);
});

test("struct nfgenmsg has the layout of the C compiler", () => {
  const names = { family: "nfgen_family", version: "version", resource: "res_id" };
  expect(layoutOf(netfilterHeader, names)).toEqual(cLayout(headers, "struct nfgenmsg", Object.values(names)));
});
