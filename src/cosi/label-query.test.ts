import { expect, test } from "bun:test";
import { type LabelTerm, matchesLabels } from "./label-query.ts";

const cases: readonly [Record<string, string>, LabelTerm, boolean][] = [
  [{ a: "1" }, { key: "a", op: "exists" }, true],
  [{}, { key: "constructor", op: "exists" }, false],
  [{ a: "1" }, { key: "a", op: "equal" }, false],
  [{ a: "abc" }, { key: "a", op: "lt", values: ["abd"] }, true],
  [{ a: "abc" }, { key: "a", op: "lte", values: ["abc"] }, true],
  [{ a: "abc" }, { key: "a", op: "lt", values: ["abc"], invert: true }, true],
  // What is not there cannot be compared, so that turning the comparison around does not make it true.
  [{}, { key: "a", op: "lt", values: ["1"] }, false],
  [{}, { key: "a", op: "lt", values: ["1"], invert: true }, false],
  [{ a: "9" }, { key: "a", op: "ltNumeric", values: ["10"] }, true],
  [{ a: "1GB" }, { key: "a", op: "ltNumeric", values: ["1GiB"] }, true],
  [{ a: "1024 KiB" }, { key: "a", op: "lteNumeric", values: ["1MiB"] }, true],
  [{ a: "-3" }, { key: "a", op: "ltNumeric", values: ["0"] }, true],
  [{ a: "many" }, { key: "a", op: "ltNumeric", values: ["10"], invert: true }, false],
];

test.each(cases)("%j against %j: %p", (labels, term, expected) => {
  expect(matchesLabels(labels, [[term]])).toBe(expected);
});

test("an empty query accepts, an empty list of queries too", () => {
  expect(matchesLabels({}, [[]])).toBeTrue();
  expect(matchesLabels({}, [])).toBeTrue();
});
