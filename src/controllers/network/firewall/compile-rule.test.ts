import { expect, test } from "bun:test";
import fc from "fast-check";
import { inNetworkNamespace } from "../../../linux/testing/namespace.ts";
import { Nftables } from "../../../netlink/nftables/nftables.ts";
import { nft } from "../../../netlink/nftables/testing/nft.ts";
import { type ChainRule, compileRule } from "./compile-rule.ts";

/** The kernel's rules as `nft` reads them back. */
const compiled = (rule: ChainRule): Promise<string[]> =>
  inNetworkNamespace(() => {
    using nftables = new Nftables();
    const chain = { name: "c", type: "filter", hook: 1, priority: 0, policy: "accept" as const };
    nftables.replaceTable({ name: "t", chains: [{ ...chain, rules: compileRule(rule) }] });
    const lines = nft(["list", "table", "inet", "t"]).split("\n");
    return lines.filter((line) => line.startsWith("\t\t") && !line.includes("hook")).map((line) => line.trim());
  });

const from = (...includeSubnets: string[]) => ({ matchSourceAddress: { includeSubnets } });
const toPort = (...ranges: { lo: number; hi: number }[]) => ({
  matchLayer4: { protocol: "tcp" as const, matchDestinationPort: { ranges } },
});

const cases: readonly (readonly [what: string, rule: ChainRule, expected: readonly string[]])[] = [
  ["nothing", {}, []],
  ["a verdict", { verdict: "drop" }, ["drop"]],
  [
    "interfaces",
    { matchIIfName: { interfaceName: ["eth0"], operator: "!=" }, anonymousCounter: true },
    ['iifname != "eth0" counter packets 0 bytes 0'],
  ],
  [
    "one of several interfaces, on the way out",
    { matchOIfName: { interfaceName: ["eth0", "eth1"], operator: "==" }, verdict: "accept" },
    ['oifname { "eth0", "eth1" } accept'],
  ],
  [
    "adjacent ports",
    { ...toPort({ lo: 5_001, hi: 5_001 }, { lo: 22, hi: 22 }, { lo: 5_000, hi: 5_000 }), verdict: "accept" },
    ["tcp dport { 22, 5000-5001 } accept"],
  ],
  [
    "ports at the end of the range",
    { ...toPort({ lo: 65_000, hi: 65_535 }), verdict: "accept" },
    ["tcp dport { 65000-65535 } accept"],
  ],
  [
    "source ports and a limit",
    {
      matchLayer4: { protocol: "udp", matchSourcePort: { ranges: [{ lo: 547, hi: 547 }] } },
      matchLimit: { packetRatePerSecond: 5 },
      verdict: "accept",
    },
    ["udp sport { 547 } limit rate 5/second accept"],
  ],
  ["sources of one family", { ...from("10.0.0.0/8"), verdict: "accept" }, ["ip saddr { 10.0.0.0/8 } accept"]],
  [
    "sources of both families, with a hole",
    {
      matchSourceAddress: {
        includeSubnets: ["10.0.0.0/8", "10.9.0.0/16", "fd00::/8"],
        excludeSubnets: ["10.3.0.0/16", "192.0.2.0/24"],
      },
      verdict: "accept",
    },
    ["ip saddr { 10.0.0.0-10.2.255.255, 10.4.0.0-10.255.255.255 } accept", "ip6 saddr { fd00::/8 } accept"],
  ],
  ["all sources of one family", { ...from("0.0.0.0/0"), verdict: "accept" }, ["meta nfproto ipv4 accept"]],
  ["nobody", { ...from(), verdict: "accept" }, []],
  [
    "everybody but nobody",
    { matchSourceAddress: { includeSubnets: [], invert: true }, verdict: "drop" },
    ["meta nfproto ipv4 drop", "meta nfproto ipv6 drop"],
  ],
  [
    "everybody but some",
    { matchSourceAddress: { includeSubnets: ["10.0.0.0/8", "::/0"], invert: true }, verdict: "drop" },
    ["ip saddr != { 10.0.0.0/8 } drop"],
  ],
  [
    "sources and destinations of different families meet in no packet",
    { ...from("fd00::/8"), matchDestinationAddress: { includeSubnets: ["10.0.0.0/8"] }, verdict: "accept" },
    [],
  ],
  [
    "a destination keeps the other family out, whatever the source",
    {
      matchSourceAddress: { includeSubnets: ["10.0.0.0/8"], invert: true },
      matchDestinationAddress: { includeSubnets: ["192.168.0.0/24"] },
      verdict: "accept",
    },
    ["ip saddr != { 10.0.0.0/8 } ip daddr { 192.168.0.0/24 } accept"],
  ],
  [
    "kinds of ICMP",
    { matchLayer4: { protocol: "icmp", matchICMPType: { types: [13, 17] } }, verdict: "drop" },
    ["icmp type { timestamp-request, address-mask-request } drop"],
  ],
  [
    "kinds of ICMPv6",
    { matchLayer4: { protocol: "icmpv6", matchICMPType: { types: [135, 136] } }, verdict: "accept" },
    ["icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept"],
  ],
  [
    "marks",
    { matchMark: { mask: 0x60, value: 0x20 }, setMark: { mask: 0xffffff9f, xor: 0x20 } },
    ["meta mark & 0x00000060 == 0x00000020 meta mark set meta mark & 0xffffffbf | 0x00000020"],
  ],
  [
    "segment sizes",
    { clampMSS: { mtu: 1_420 } },
    [
      "meta nfproto ipv4 tcp flags syn / syn,rst tcp option maxseg size > 1368 tcp option maxseg size set 1368",
      "meta nfproto ipv6 tcp flags syn / syn,rst tcp option maxseg size > 1348 tcp option maxseg size set 1348",
    ],
  ],
];

for (const [what, rule, expected] of cases) {
  test(`a rule about ${what}`, async () => {
    expect(await compiled(rule)).toEqual([...expected]);
  });
}

const prefix = fc.oneof(
  fc.tuple(fc.ipV4(), fc.nat(32)).map(([address, length]) => `${address}/${length}`),
  fc.tuple(fc.ipV6(), fc.nat(128)).map(([address, length]) => `${address}/${length}`),
);
const port = fc.nat(65_535);
const anyRule: fc.Arbitrary<ChainRule> = fc
  .record({
    include: fc.array(prefix, { maxLength: 8 }),
    exclude: fc.array(prefix, { maxLength: 4 }),
    invert: fc.boolean(),
    ports: fc.array(fc.tuple(port, port), { maxLength: 6 }),
  })
  .map(({ include, exclude, invert, ports }) => ({
    matchSourceAddress: { includeSubnets: include, excludeSubnets: exclude, invert },
    ...toPort(...ports.map(([a, b]) => ({ lo: Math.min(a, b), hi: Math.max(a, b) }))),
    verdict: "accept",
  }));

test("the kernel takes whatever prefixes and ports a rule is about", () =>
  inNetworkNamespace(() => {
    using nftables = new Nftables();
    const chain = { name: "c", type: "filter", hook: 1, priority: 0, policy: "accept" as const };
    fc.assert(
      fc.property(anyRule, (rule) => {
        nftables.replaceTable({ name: "t", chains: [{ ...chain, rules: compileRule(rule) }] });
      }),
    );
    expect(nft(["list", "tables"])).toBe("table inet t\n");
  }));
