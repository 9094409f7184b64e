import { expect, test } from "bun:test";
import { suggest } from "./suggest.ts";

const names = ["kubelet", "network", "install", "time", "type"];

test.each([
  ["kublet", "kubelet"],
  ["netwrok", "network"],
  ["Time", "time"],
  ["tipe", "time"],
  ["inst", "install"],
  ["frobnicate", undefined],
  ["", undefined],
])("%j suggests %p", (wrong, meant) => {
  expect(suggest(wrong, names)).toBe(meant);
});
