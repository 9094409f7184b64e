import { expect, test } from "bun:test";
import fc from "fast-check";
import { fuzzCases } from "../../../test/support/fuzz.ts";
import { describePacket } from "./describe.ts";

const stations = "ffffffffffff525400123456";
const inet4 = "0a00000f0a000002";
const inet6 = `fe80${"0".repeat(27)}1ff02${"0".repeat(27)}2`;
const describe = (hex: string, linkType = 1) =>
  describePacket(
    { seconds: 86_400, nanoseconds: 1_234_567, wireLength: 60, bytes: Buffer.from(hex.replaceAll(" ", ""), "hex") },
    linkType,
  );

test.each([
  [
    `${stations} 0806 0001080006040001 525400123456 0a00000f 000000000000 0a000002`,
    "ARP who has 10.0.0.2 tell 10.0.0.15",
  ],
  [
    `${stations} 0806 0001080006040002 525400123456 0a00000f 000000000000 0a000002`,
    "ARP 10.0.0.15 is at 52:54:00:12:34:56",
  ],
  [`${stations} 88cc 00`, "52:54:00:12:34:56 > ff:ff:ff:ff:ff:ff: protocol 0x88cc"],
  [
    `${stations} 0800 450000300000000040060000${inet4} c35001bb 00000001 00000002 5018 0200 00000000`,
    "IP 10.0.0.15.50000 > 10.0.0.2.443: TCP [P.], seq 1, ack 2, win 512, length 8",
  ],
  [
    `${stations} 0800 450000280000000040060000${inet4} c35001bb 00000001 00000000 5002 0200 00000000`,
    "IP 10.0.0.15.50000 > 10.0.0.2.443: TCP [S], seq 1, win 512, length 0",
  ],
  [
    `${stations} 88a80064 81000007 0800 450000200000000040110000${inet4} 0044 0043 000c 0000 00000000`,
    "VLAN 100 VLAN 7 IP 10.0.0.15.68 > 10.0.0.2.67: UDP, length 4",
  ],
  [
    `${stations} 0800 450000200000000040010000${inet4} 0800 0000 0007 0003`,
    "IP 10.0.0.15 > 10.0.0.2: ICMP echo request, id 7, seq 3",
  ],
  [`${stations} 0800 450000200000200240110000${inet4} 00000000`, "IP 10.0.0.15 > 10.0.0.2: fragment at 16"],
  [`${stations} 0800 450000200000000040590000${inet4} 00000000`, "IP 10.0.0.15 > 10.0.0.2: protocol 89, length 12"],
  [
    `${stations} 86dd 6000000000100001 ${inet6} 3a00000000000000 8500 0000 0000 0000`,
    "IP6 fe80::1 > ff02::2: ICMP router solicitation, code 0",
  ],
  [`${stations} 86dd 6000000000102c01 ${inet6} 1100002800000000`, "IP6 fe80::1 > ff02::2: fragment at 40"],
  [`${stations} 0800 4500`, "cut off"],
] as const)("%s is described", (hex, line) => {
  expect(describe(hex)).toBe(`1970-01-02T00:00:00.001234Z ${line} (60 bytes)`);
});

test("a link without headers of its own begins with IP", () => {
  expect(describe(`450000200000000040110000${inet4} 0044 0043 000c 0000`, 101)).toContain(
    "IP 10.0.0.15.68 > 10.0.0.2.67: UDP",
  );
  expect(describe("00", 105)).toContain("a link of type 105");
});

test("any bytes are described in one line", () => {
  const starts = ["0800", "86dd", "0806", "8100", "88a8", "0001"].map((protocol) =>
    Buffer.from(stations + protocol, "hex"),
  );
  const packet = fc.tuple(fc.constantFrom(...starts, Buffer.alloc(0)), fc.uint8Array({ maxLength: 120 }));
  const property = fc.property(packet, fc.constantFrom(1, 101, 0), ([start, rest], linkType) => {
    expect(describe(Buffer.concat([start, rest]).toString("hex"), linkType)).toMatch(/^1970[^\n]+\(60 bytes\)$/);
  });
  fc.assert(property, { numRuns: fuzzCases(1_000) });
});
