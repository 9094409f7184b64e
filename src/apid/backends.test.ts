import { expect, test } from "bun:test";
import { hostAndPort } from "./backends.ts";

test("a node is named by a name or an address of either family, with or without a port", () => {
  const parsed = (node: string) => Object.values(hostAndPort(node, 50_000));
  expect(parsed("10.0.2.15")).toEqual(["10.0.2.15", 50_000]);
  expect(parsed("node-1:6000")).toEqual(["node-1", 6_000]);
  expect(parsed("fd00::1")).toEqual(["fd00::1", 50_000]);
  expect(parsed("[fd00::1]:6000")).toEqual(["fd00::1", 6_000]);
  expect(parsed("[fd00::1]")).toEqual(["fd00::1", 50_000]);
});
