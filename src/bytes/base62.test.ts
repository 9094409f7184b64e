import { expect, test } from "bun:test";
import fc from "fast-check";
import { fromBase62, toBase62 } from "./base62.ts";

test("bytes survive the way there and back", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), (bytes) => {
      const text = toBase62(bytes);
      expect(text).toMatch(/^[0-9A-Za-z]+$/);
      expect(Buffer.compare(fromBase62(text, bytes.length), bytes)).toBe(0);
    }),
  );
});

test("zero is a digit, and digits go up to z", () => {
  expect(toBase62(Uint8Array.of(0))).toBe("0");
  expect(toBase62(Uint8Array.of(61))).toBe("z");
  expect(toBase62(Uint8Array.of(62))).toBe("10");
});
