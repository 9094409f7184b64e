import { expect, test } from "bun:test";
import { inNetworkNamespace } from "../../linux/testing/namespace.ts";
import { keyKinds, rangeSet, valueSet } from "./element-set.ts";
import {
  bitwise,
  compare,
  counter,
  type Expression,
  immediate,
  limit,
  loadConntrackState,
  loadMeta,
  loadPayload,
  loadSegmentSize,
  lookup,
  storeMark,
  storeSegmentSize,
  verdict,
} from "./expressions.ts";
import { bigEndian16, hostOrder32 } from "./nfnetlink.ts";
import { Nftables } from "./nftables.ts";
import type { Rule } from "./table.ts";
import { nft } from "./testing/nft.ts";

const chainWith = (...rules: readonly Rule[]) => ({
  name: "ours",
  chains: [{ name: "in", type: "filter", hook: 1, priority: -140, policy: "drop" as const, rules }],
});

const interfaceName = (name: string) => Buffer.from(name.padEnd(16, "\0"));
const protocol = (number: number): readonly Expression[] => [
  loadMeta("protocol"),
  compare("equal", Uint8Array.of(number)),
];
const ofIpv4: readonly Expression[] = [loadMeta("family"), compare("equal", Uint8Array.of(2))];
const [tcp, icmp] = [protocol(6), protocol(1)];

/** What `nft` says for a rule, and the instructions that we make for it. */
const cases: readonly (readonly [text: string, rule: Rule])[] = [
  ["accept", [verdict("accept")]],
  ["counter drop", [counter, verdict("drop")]],
  ['iifname "eth0" accept', [loadMeta("inputName"), compare("equal", interfaceName("eth0")), verdict("accept")]],
  ['oifname != "eth0" drop', [loadMeta("outputName"), compare("notEqual", interfaceName("eth0")), verdict("drop")]],
  [
    'iifname { "lo", "kubespan" } accept',
    [
      loadMeta("inputName"),
      lookup(valueSet(keyKinds.interfaceName, ["lo", "kubespan"].map(interfaceName))),
      verdict("accept"),
    ],
  ],
  [
    "ct state established,related accept",
    [loadConntrackState, bitwise(hostOrder32(6)), compare("notEqual", hostOrder32(0)), verdict("accept")],
  ],
  ["meta l4proto icmp limit rate 5/second burst 5 packets accept", [...icmp, limit(5), verdict("accept")]],
  [
    "icmp type { 13, 17 } drop",
    [
      ...icmp,
      loadPayload("transport", 0, 1),
      lookup(valueSet(keyKinds.icmpType, [Uint8Array.of(13), Uint8Array.of(17)])),
      verdict("drop"),
    ],
  ],
  [
    "tcp dport { 22, 30000-65535 } accept",
    [
      ...tcp,
      loadPayload("transport", 2, 2),
      lookup(
        rangeSet(keyKinds.port, [
          { first: 22n, last: 22n },
          { first: 30_000n, last: 65_535n },
        ]),
      ),
      verdict("accept"),
    ],
  ],
  [
    "ip saddr != { 0.0.0.0/24, 10.0.0.0/8 } drop",
    [
      ...ofIpv4,
      loadPayload("network", 12, 4),
      lookup(
        rangeSet(keyKinds.address4, [
          { first: 0n, last: 255n },
          { first: 0x0a000000n, last: 0x0affffffn },
        ]),
        true,
      ),
      verdict("drop"),
    ],
  ],
  [
    "ip6 daddr { ::1, fe80::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff } accept",
    [
      ...[loadMeta("family"), compare("equal", Uint8Array.of(10)), loadPayload("network", 24, 16)],
      lookup(
        rangeSet(keyKinds.address6, [
          { first: 1n, last: 1n },
          { first: 0xfe80n << 112n, last: (1n << 128n) - 1n },
        ]),
      ),
      verdict("accept"),
    ],
  ],
  [
    "meta mark and 0x60 == 0x20 accept",
    [loadMeta("mark"), bitwise(hostOrder32(0x60)), compare("equal", hostOrder32(0x20)), verdict("accept")],
  ],
  [
    "meta mark set meta mark and 0xffffff9f xor 0x20",
    [loadMeta("mark"), bitwise(hostOrder32(0xffffff9f), hostOrder32(0x20)), storeMark],
  ],
  [
    "tcp option maxseg size > 1368 tcp option maxseg size set 1368",
    [
      ...[...tcp, loadSegmentSize, compare("greater", bigEndian16(1_368))],
      ...[immediate(bigEndian16(1_368)), storeSegmentSize],
    ],
  ],
];

test("rules are those that nft makes", () =>
  inNetworkNamespace(() => {
    using nftables = new Nftables();
    nftables.replaceTable(chainWith(...cases.map(([, rule]) => rule)));
    const rules = cases.map(([text]) => text).join("\n");
    nft(
      ["-f", "-"],
      `table inet theirs { chain in { type filter hook input priority -140; policy drop;\n${rules}\n}\n}`,
    );
    const [ours, theirs] = ["ours", "theirs"].map((table) => rulesOf(table));
    expect(ours).toHaveLength(cases.length);
    expect(ours).toEqual(theirs);
  }));

/** The lines of a table's chain, without what the kernel says of the table. */
const rulesOf = (table: string): string[] =>
  nft(["list", "table", "inet", table])
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !/^(table|flags|chain|type|\})/.test(line));

test("a table is replaced as a whole, and deleted", () =>
  inNetworkNamespace(() => {
    using nftables = new Nftables();
    nftables.replaceTable(chainWith([verdict("accept")], [counter]));
    nftables.replaceTable(chainWith([verdict("drop")]));
    expect(rulesOf("ours")).toEqual(["drop"]);
    nftables.deleteTable("ours");
    nftables.deleteTable("ours");
    expect(nft(["list", "ruleset"])).toBe("");
  }));

test("what the kernel refuses names the rule, and changes nothing", () =>
  inNetworkNamespace(() => {
    using nftables = new Nftables();
    nftables.replaceTable(chainWith([verdict("accept")]));
    const tooLong = loadPayload("network", 0, 400);
    const refused = () => nftables.replaceTable(chainWith([verdict("drop")], [tooLong, verdict("drop")]));
    expect(refused).toThrow(/^Cannot make rule 1 of chain in: /);
    expect(rulesOf("ours")).toEqual(["accept"]);
    nftables.replaceTable(chainWith([verdict("drop")]));
    expect(rulesOf("ours")).toEqual(["drop"]);
  }));

test("nobody else changes our table, and it goes with its owner", () =>
  inNetworkNamespace(() => {
    {
      using nftables = new Nftables();
      nftables.replaceTable(chainWith([verdict("accept")]));
      nft(["flush", "ruleset"]);
      expect(rulesOf("ours")).toEqual(["accept"]);
      expect(() => nft(["flush", "chain", "inet", "ours", "in"])).toThrow("Operation not permitted");
      using other = new Nftables();
      expect(() => other.replaceTable(chainWith([verdict("drop")]))).toThrow(
        "Cannot make the table ours: operation not permitted",
      );
    }
    expect(nft(["list", "ruleset"])).toBe("");
  }));

test("a table that somebody left behind is taken over", () =>
  inNetworkNamespace(() => {
    nft(["add", "table", "inet", "ours"]);
    nft(["add", "chain", "inet", "ours", "left"]);
    using nftables = new Nftables();
    nftables.replaceTable(chainWith([verdict("accept")]));
    expect(nft(["list", "ruleset"])).not.toContain("left");
    expect(rulesOf("ours")).toEqual(["accept"]);
  }));

test("sets and tables of any size fit", () =>
  inNetworkNamespace(() => {
    using nftables = new Nftables();
    const every = <T>(count: number, make: (index: number) => T): T[] =>
      Array.from({ length: count }, (_, at) => make(at));
    const ports = rangeSet(
      keyKinds.port,
      every(5_000, (index) => ({ first: BigInt(index * 3), last: BigInt(index * 3 + 1) })),
    );
    const one: Rule = [...tcp, loadPayload("transport", 2, 2), lookup(ports), verdict("accept")];
    nftables.replaceTable(chainWith(one, ...every(300, () => [...tcp, counter])));
    expect(rulesOf("ours").filter((line) => line.startsWith("meta l4proto tcp counter"))).toHaveLength(300);
    expect(nft(["list", "table", "inet", "ours"])).toContain("14997-14998 } accept");
  }));
