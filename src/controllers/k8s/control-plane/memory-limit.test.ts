import { expect, test } from "bun:test";
import { bytesOf } from "../../../config/quantity.ts";
import { goMemoryLimit } from "./memory-limit.ts";

test.each([
  ["128974848", 128_974_848],
  ["129e6", 129_000_000],
  ["129M", 129_000_000],
  ["123Mi", 128_974_848],
  ["1.5Gi", 1_610_612_736],
  ["128974848000m", 128_974_848],
  ["1E", 1e18],
] as const)("%p is %p bytes", (quantity, bytes) => {
  expect(bytesOf(quantity)).toBe(bytes);
});

test.each(["", "Gi", "1 Gi", "1Zi", "-1", "1..5"])("%p is no quantity", (quantity) => {
  expect(bytesOf(quantity)).toBeUndefined();
  expect(goMemoryLimit(quantity)).toBeUndefined();
});

test("Go gets a little less than the pod", () => {
  expect(goMemoryLimit("1000")).toBe("950");
  expect(goMemoryLimit("0")).toBeUndefined();
  expect(goMemoryLimit(undefined)).toBeUndefined();
});
