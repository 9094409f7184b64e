import { expect, test } from "bun:test";
import { warnOnce } from "./warn-once.ts";

test("a trouble is told when it begins, when it is another, and when it is back", () => {
  const told: string[] = [];
  const context = { log: (_: string, text: string) => void told.push(text) };
  const warn = warnOnce();
  for (const trouble of ["a", "a", "b", "b", undefined, undefined, "b", "a"]) warn(context, trouble);
  expect(told).toEqual(["a", "b", "b", "a"]);
});
