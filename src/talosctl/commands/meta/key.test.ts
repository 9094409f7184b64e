import { expect, test } from "bun:test";
import { parseKey } from "./key.ts";

test.each([
  ["0x0a", 10],
  ["0XfF", 255],
  ["10", 10],
  ["0o17", 15],
  ["0b11", 3],
])("%s is key %d", (text, key) => {
  expect(parseKey(text)).toBe(key);
});

test.each(["", "0", "256", "-1", "0x", "1e1", "ten", " 10", "1.5"])("%j is no key", (text) => {
  expect(() => parseKey(text)).toThrow(`Cannot use "${text}" as a key of META`);
});
