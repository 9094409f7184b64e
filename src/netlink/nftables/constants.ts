/** Netfilter's netlink protocol, and nf_tables' number in it: <linux/netlink.h>, <linux/netfilter/nfnetlink.h>. */
export const netfilterFamily = 12;
const nftablesSubsystem = 10;
const message = (number: number): number => (nftablesSubsystem << 8) | number;

/** Message types, from <linux/netfilter/nfnetlink.h> and <linux/netfilter/nf_tables.h>. */
export const NftMessage = {
  batchBegin: 0x10,
  batchEnd: 0x11,
  newTable: message(0),
  deleteTable: message(2),
  newChain: message(3),
  newRule: message(6),
  newSet: message(9),
  newSetElements: message(12),
} as const;

/** What a batch names as its subsystem. */
export const batchSubsystem = nftablesSubsystem;

/** Families of tables and of packets, from <linux/netfilter.h>. `inet` tables see both kinds of packets. */
export const NetfilterFamily = { inet: 1, inet4: 2, inet6: 10 } as const;

export const TableAttribute = { name: 1, flags: 2 } as const;
/** `owner`: nobody but the socket that made the table can change it, and it goes with the socket. */
export const TableFlag = { owner: 2 } as const;

export const ChainAttribute = { table: 1, name: 3, hook: 4, policy: 5, type: 7 } as const;
export const HookAttribute = { number: 1, priority: 2 } as const;

export const RuleAttribute = { table: 1, chain: 2, expressions: 4 } as const;
export const listElement = 1;
export const ExpressionAttribute = { name: 1, data: 2 } as const;

export const SetAttribute = {
  ...{ table: 1, name: 2, flags: 3, keyType: 4, keyLength: 5, description: 9, id: 10, userData: 13 },
} as const;
export const setSize = 1; // NFTA_SET_DESC_SIZE
export const SetFlag = { anonymous: 1, constant: 2, interval: 4 } as const;
export const ElementListAttribute = { table: 1, set: 2, elements: 3, setId: 4 } as const;
export const ElementAttribute = { key: 1, flags: 3 } as const;
export const ElementFlag = { intervalEnd: 1 } as const;

export const DataAttribute = { value: 1, verdict: 2 } as const;
export const verdictCode = 1; // NFTA_VERDICT_CODE
/** What becomes of a packet, from <linux/netfilter.h>. */
export const Verdict = { drop: 0, accept: 1 } as const;
/** The register of verdicts, and the one that all our expressions compute in. */
export const Register = { verdict: 0, first: 1 } as const;

export const MetaAttribute = { destination: 1, key: 2, source: 3 } as const;
export const MetaKey = { mark: 3, inputName: 6, outputName: 7, family: 15, protocol: 16 } as const;
export const CompareAttribute = { source: 1, operator: 2, data: 3 } as const;
export const CompareOperator = { equal: 0, notEqual: 1, greater: 4 } as const;
export const BitwiseAttribute = { source: 1, destination: 2, length: 3, mask: 4, xor: 5 } as const;
export const LookupAttribute = { set: 1, source: 2, setId: 4, flags: 5 } as const;
export const LookupFlag = { inverted: 1 } as const;
export const PayloadAttribute = { destination: 1, base: 2, offset: 3, length: 4 } as const;
export const PayloadBase = { network: 1, transport: 2 } as const;
export const ConntrackAttribute = { destination: 1, key: 2 } as const;
export const conntrackStateKey = 0; // NFT_CT_STATE
export const LimitAttribute = { rate: 1, unit: 2, burst: 3, type: 4 } as const;
export const limitOfPackets = 0; // NFT_LIMIT_PKTS
export const ImmediateAttribute = { destination: 1, data: 2 } as const;
export const OptionAttribute = { destination: 1, type: 2, offset: 3, length: 4, operation: 6, source: 7 } as const;
export const tcpOption = 1; // NFT_EXTHDR_OP_TCPOPT
