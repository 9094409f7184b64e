import { expect, test } from "bun:test";
import fc from "fast-check";
import { chooseSubnet, parseSubnet } from "./subnet.ts";

test("the host has the first address, machines the next ones that are free", () => {
  const subnet = parseSubnet("172.20.7.9/24");
  expect(subnet).toMatchObject({ cidr: "172.20.7.0/24", hostAddress: "172.20.7.1", mask: "255.255.255.0" });
  expect(subnet.freeAddress([])).toBe("172.20.7.2");
  expect(subnet.freeAddress(["172.20.7.2", "172.20.7.4"])).toBe("172.20.7.3");
});

test("addresses of a subnet are in it, distinct, and end before the broadcast address", () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.integer({ min: 24, max: 29 }), (address, prefixLength) => {
      const subnet = parseSubnet(`${address}/${prefixLength}`);
      const taken: string[] = [];
      for (let count = 0; count < 2 ** (32 - prefixLength) - 3; count += 1) taken.push(subnet.freeAddress(taken));
      expect(new Set([subnet.hostAddress, ...taken]).size).toBe(taken.length + 1);
      expect([address, ...taken].every(subnet.contains)).toBe(true);
      expect(() => subnet.freeAddress(taken)).toThrow("every address is taken");
    }),
    { numRuns: 20 },
  );
});

test("what is no network of several machines is refused", () => {
  for (const cidr of ["", "10.5.0.0", "10.5.0.0/30", "10.5.0.0/7", "fd00::/64", "10.5.0/24", "10.5.0.0/24x"])
    expect(() => parseSubnet(cidr)).toThrow("as a cluster's network");
});

test("a cluster's own network holds no address of the host", () => {
  const taken = Array.from({ length: 255 }, (_, index) => `10.5.${index}.77`);
  expect(chooseSubnet("default", taken).cidr).toBe("10.5.255.0/24");
  expect(() => chooseSubnet("default", [...taken, "10.5.255.1"])).toThrow("every /24 of 10.5.0.0/16");
  expect(chooseSubnet("default", []).cidr).toBe(chooseSubnet("default", []).cidr);
  expect(chooseSubnet("default", []).cidr).not.toBe(chooseSubnet("other", []).cidr);
});
