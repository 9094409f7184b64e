import { expect, test } from "bun:test";
import fc from "fast-check";
import { formatMemberId, parseMemberId } from "./member-id.ts";

test("every id survives being shown and typed again", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (id) => {
      const shown = formatMemberId(id);
      expect(shown).toMatch(/^[0-9a-f]{16}$/);
      expect(parseMemberId(shown)).toBe(id);
    }),
  );
});

test.each(["", "0x1", "12345678901234567", "member", "-1"])("%p is no id", (text) => {
  expect(() => parseMemberId(text)).toThrow("expected up to 16 hexadecimal digits");
});
