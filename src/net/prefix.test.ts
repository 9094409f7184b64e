import { expect, test } from "bun:test";
import fc from "fast-check";
import { comparePrefixes, compareSpecificFirst, containsAddress, networkText, parsePrefix } from "./prefix.ts";

const sorted = (compare: typeof comparePrefixes, ...texts: string[]) =>
  texts
    .map(parsePrefix)
    .sort(compare)
    .map(({ text }) => text);

test("addresses sort by number, not by text", () => {
  expect(sorted(comparePrefixes, "fd00::1/64", "10.0.0.9/24", "10.0.0.10/24", "9.0.0.1/8")).toEqual([
    "9.0.0.1/8",
    "10.0.0.9/24",
    "10.0.0.10/24",
    "fd00::1/64",
  ]);
  expect(sorted(comparePrefixes, "10.0.0.1/32", "10.0.0.1/24")).toEqual(["10.0.0.1/24", "10.0.0.1/32"]);
});

test("the more specific network comes first", () => {
  expect(
    sorted(compareSpecificFirst, "fd00::1/64", "fd00::1:2/128", "10.3.4.1/24", "10.3.4.5/32", "10.3.4.1/32"),
  ).toEqual(["10.3.4.1/32", "10.3.4.5/32", "10.3.4.1/24", "fd00::1:2/128", "fd00::1/64"]);
});

test("a network contains what begins with its prefix", () => {
  const holds = (network: string, address: string) => containsAddress(parsePrefix(network), parsePrefix(address));
  expect(holds("10.244.0.0/16", "10.244.255.1/24")).toBe(true);
  expect(holds("10.244.0.0/16", "10.245.0.1")).toBe(false);
  expect(holds("10.96.0.0/12", "10.111.0.1")).toBe(true);
  expect(holds("10.96.0.0/12", "10.112.0.1")).toBe(false);
  expect(holds("0.0.0.0/0", "::1")).toBe(false);
  expect(holds("fd00::/8", "fd12::1/64")).toBe(true);
});

test("both orders agree with themselves when the two are swapped", () => {
  const prefix = fc
    .tuple(fc.oneof(fc.ipV4(), fc.ipV6()), fc.integer({ min: 0, max: 32 }))
    .map(([address, length]) => parsePrefix(`${address}/${length}`));
  fc.assert(
    fc.property(prefix, prefix, (a, b) => {
      expect(Math.sign(comparePrefixes(a, b))).toBe(-Math.sign(comparePrefixes(b, a)) + 0);
      expect(Math.sign(compareSpecificFirst(a, b))).toBe(-Math.sign(compareSpecificFirst(b, a)) + 0);
    }),
  );
});

test.each([
  ["10.0.2.15/24", "10.0.2.0/24"],
  ["10.255.255.255/9", "10.128.0.0/9"],
  ["192.0.2.7", "192.0.2.7/32"],
  ["10.9.8.7/0", "0.0.0.0/0"],
  ["2001:DB8:0:0:FFFF::1/65", "2001:db8:0:0:8000::/65"],
])("the network of %s is %s", (text, network) => {
  expect(networkText(parsePrefix(text))).toBe(network);
});

test("a length that there is not is refused with those that there are", () => {
  expect(parsePrefix("10.0.0.0/0").length).toBe(0);
  expect(parsePrefix("fd00::/128").length).toBe(128);
  for (const text of ["10.0.0.1/33", "10.0.0.1/", "10.0.0.1/x", "10.0.0.1/1.5", "10.0.0.1/-1"]) {
    expect(() => parsePrefix(text)).toThrow(`Cannot parse "${text}" as a prefix: the length must be 0 to 32`);
  }
  expect(() => parsePrefix("fd00::1/129")).toThrow("0 to 128");
});
