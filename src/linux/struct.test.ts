import { expect, test } from "bun:test";
import fc from "fast-check";
import { bytes, i32, i64, struct, u8, u16, u32, u64 } from "./struct.ts";

const inner = struct({ small: u8, wide: u64 });
const outer = struct({ first: u8, second: u16, third: i32, name: bytes(5), inner, last: u8 });

test("members are aligned and the whole is padded as C does it", () => {
  expect(outer.offsets).toEqual({ first: 0, second: 2, third: 4, name: 8, inner: 16, last: 32 });
  expect(outer.size).toBe(40);
});

test("what was encoded is decoded again", () => {
  const safe = fc.maxSafeInteger();
  fc.assert(
    fc.property(fc.nat(255), fc.nat(65535), fc.integer(), fc.nat(255), fc.nat(), safe, (a, b, c, d, e, f) => {
      const value = {
        first: a,
        second: b,
        third: c,
        name: Uint8Array.of(1, 2, 3, 4, 5),
        inner: { small: d, wide: e },
        last: a,
      };
      expect(outer.decode(outer.encode(value))).toEqual(value);
      expect(
        struct({ signed: i64, other: u32 }).decode(struct({ signed: i64, other: u32 }).encode({ signed: f })).signed,
      ).toBe(f);
    }),
  );
});

test("too few bytes and too long values are refused", () => {
  expect(() => outer.decode(new Uint8Array(outer.size - 1))).toThrow(RangeError);
  expect(() => outer.encode({ name: new Uint8Array(6) })).toThrow("Cannot store 6 bytes in a member of 5");
});
