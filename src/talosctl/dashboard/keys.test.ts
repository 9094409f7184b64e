import { expect, test } from "bun:test";
import fc from "fast-check";
import { keysIn } from "./keys.ts";

test("arrows and letters are keys, however many come at once", () => {
  expect(keysIn("\u001b[C\u001bOD")).toEqual(["right", "left"]);
  expect(keysIn("hljkq")).toEqual(["left", "right", "down", "up", "quit"]);
  expect(keysIn("\u001b[A\u001b[B\u0003")).toEqual(["up", "down", "quit"]);
});

test("other keys mean nothing, and their letters are not taken for ours", () => {
  expect(keysIn("\u001b[1;5H\u001b[15~\u001bh\u001b[200~")).toEqual([]);
  fc.assert(
    fc.property(fc.array(fc.constantFrom("\u001b", "[", "O", "1", ";", "A", "h", "q", "é", "\n")), (typed) => {
      expect(keysIn(typed.join("")).length).toBeLessThanOrEqual(typed.length);
    }),
  );
});
