import { type Attribute, encodeAttributes } from "../attribute.ts";
import { MessageFlag } from "../message.ts";
import type { NetlinkRequest } from "../netlink-socket.ts";
import { networkOrder } from "../network-order.ts";
import {
  batchSubsystem,
  ChainAttribute,
  ElementAttribute,
  ElementFlag,
  ElementListAttribute,
  ExpressionAttribute,
  HookAttribute,
  LookupAttribute,
  listElement,
  NetfilterFamily,
  NftMessage,
  RuleAttribute,
  SetAttribute,
  SetFlag,
  setSize,
  TableAttribute,
  TableFlag,
  Verdict,
} from "./constants.ts";
import type { Element, ElementSet } from "./element-set.ts";
import type { Expression } from "./expressions.ts";
import { bigEndian32, netfilterHeader } from "./nfnetlink.ts";
import type { Chain, Rule, Table } from "./table.ts";

/** An attribute's length is 16 bits; an element of ours takes at most 36 bytes. */
const elementsInMessage = 1_024;

/** A batch that makes the table be so, whatever it was before: nobody ever sees a part of it. */
export function replaceTable(table: Table): readonly NetlinkRequest[] {
  const sets = new SetNumbers();
  return inBatch([
    ...removal(table.name),
    newTable(table.name, TableFlag.owner),
    // Sets belong to one rule each, and go with it.
    ...table.chains.flatMap((chain) => [newChain(table.name, chain), ...rulesOf(table.name, chain, sets)]),
  ]);
}

export const deleteTable = (name: string): readonly NetlinkRequest[] => inBatch(removal(name));

/** Makes it first, so that there is something to delete; without flags that is fine with any that exists. */
const removal = (name: string): readonly NetlinkRequest[] => [
  newTable(name),
  request(NftMessage.deleteTable, 0, [[TableAttribute.name, name]], () => `Cannot delete the table ${name}`),
];

function inBatch(requests: readonly NetlinkRequest[]): readonly NetlinkRequest[] {
  const resource = networkOrder(batchSubsystem);
  const frame = (type: number): NetlinkRequest => ({
    type,
    body: netfilterHeader.encode({ resource }),
    describe: () => "Cannot change the packet filter",
  });
  return [frame(NftMessage.batchBegin), ...requests, frame(NftMessage.batchEnd)];
}

const newTable = (name: string, flags?: number): NetlinkRequest =>
  request(
    NftMessage.newTable,
    MessageFlag.create,
    [
      [TableAttribute.name, name],
      [TableAttribute.flags, flags === undefined ? undefined : bigEndian32(flags)],
    ],
    () => `Cannot make the table ${name}`,
  );

const newChain = (table: string, { name, type, hook, priority, policy }: Chain): NetlinkRequest =>
  request(
    NftMessage.newChain,
    MessageFlag.create,
    [
      [ChainAttribute.table, table],
      [ChainAttribute.name, name],
      [
        ChainAttribute.hook,
        [
          [HookAttribute.number, bigEndian32(hook)],
          [HookAttribute.priority, bigEndian32(priority)],
        ],
      ],
      [ChainAttribute.policy, bigEndian32(Verdict[policy])],
      [ChainAttribute.type, type],
    ],
    () => `Cannot make the chain ${name}`,
  );

/** Sets of a batch are known by numbers until they have a name, which the kernel makes of the pattern. */
class SetNumbers {
  #last = 0;

  next(): SetNumber {
    this.#last += 1;
    return { id: bigEndian32(this.#last), name: "__set%d" };
  }
}

interface SetNumber {
  readonly id: Uint8Array;
  readonly name: string;
}

const rulesOf = (table: string, { name, rules }: Chain, sets: SetNumbers): readonly NetlinkRequest[] =>
  rules.flatMap((rule, index) => newRule(table, name, rule, sets, () => `Cannot make rule ${index} of chain ${name}`));

function newRule(
  table: string,
  chain: string,
  rule: Rule,
  sets: SetNumbers,
  describe: () => string,
): readonly NetlinkRequest[] {
  const before: NetlinkRequest[] = [];
  const encodeOne = ({ name, attributes, set }: Expression): Attribute => {
    if (set === undefined) return encodeExpression(name, attributes);
    const number = sets.next();
    before.push(...newSet(table, number, set, describe));
    const reference: readonly Attribute[] = [
      [LookupAttribute.set, number.name],
      [LookupAttribute.setId, number.id],
    ];
    return encodeExpression(name, [...reference, ...attributes]);
  };
  const attributes: readonly Attribute[] = [
    [RuleAttribute.table, table],
    [RuleAttribute.chain, chain],
    [RuleAttribute.expressions, rule.map(encodeOne)],
  ];
  return [...before, request(NftMessage.newRule, MessageFlag.create | MessageFlag.append, attributes, describe)];
}

const encodeExpression = (name: string, attributes: readonly Attribute[]): Attribute => [
  listElement,
  [
    [ExpressionAttribute.name, name],
    [ExpressionAttribute.data, attributes],
  ],
];

/** Tells `nft` the byte order of keys, else it shows those of ours backwards: a type, a length and a number. */
const hostByteOrder = Uint8Array.of(0, 4, 1, 0, 0, 0);

function newSet(
  table: string,
  { id, name }: SetNumber,
  { kind, elements }: ElementSet,
  describe: () => string,
): readonly NetlinkRequest[] {
  const flags = SetFlag.anonymous | SetFlag.constant | (kind.isInterval ? SetFlag.interval : 0);
  const set: readonly Attribute[] = [
    [SetAttribute.table, table],
    [SetAttribute.name, name],
    [SetAttribute.flags, bigEndian32(flags)],
    [SetAttribute.keyType, bigEndian32(kind.type)],
    [SetAttribute.keyLength, bigEndian32(kind.lengthBytes)],
    [SetAttribute.id, id],
    [SetAttribute.description, [[setSize, bigEndian32(elements.length)]]],
    [SetAttribute.userData, kind.isHostOrder ? hostByteOrder : undefined],
  ];
  const messages = [request(NftMessage.newSet, MessageFlag.create, set, describe)];
  for (let at = 0; at < elements.length; at += elementsInMessage) {
    const list: readonly Attribute[] = [
      [ElementListAttribute.table, table],
      [ElementListAttribute.set, name],
      [ElementListAttribute.setId, id],
      [ElementListAttribute.elements, elements.slice(at, at + elementsInMessage).map(encodeElement)],
    ];
    messages.push(request(NftMessage.newSetElements, MessageFlag.create, list, describe));
  }
  return messages;
}

const encodeElement = ({ key, isEnd }: Element): Attribute => [
  listElement,
  [
    [ElementAttribute.key, [[1, key]]],
    [ElementAttribute.flags, isEnd ? bigEndian32(ElementFlag.intervalEnd) : undefined],
  ],
];

const request = (
  type: number,
  flags: number,
  attributes: readonly Attribute[],
  describe: () => string,
): NetlinkRequest => ({
  type,
  flags,
  body: Buffer.concat([netfilterHeader.encode({ family: NetfilterFamily.inet }), encodeAttributes(attributes)]),
  describe,
});
