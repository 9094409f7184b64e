import { expect, test } from "bun:test";
import fc from "fast-check";
import { Failure } from "../../errors/failure.ts";
import { WireReader } from "./reader.ts";
import { WireWriter } from "./writer.ts";

test("the encoding is that of the protobuf guide", () => {
  expect(new WireWriter().tag(1, 0).uint(150).finish()).toEqual(Uint8Array.of(0x08, 0x96, 0x01));
  expect(new WireWriter().tag(2, 2).string("testing").finish()).toEqual(
    Uint8Array.of(0x12, 0x07, ...new TextEncoder().encode("testing")),
  );
  expect(new WireWriter().int(-1).finish()).toEqual(Uint8Array.of(...Array(9).fill(0xff), 1));
});

test("what is written is read", () => {
  const whole = fc.maxSafeInteger();
  fc.assert(
    fc.property(
      whole,
      fc.maxSafeNat(),
      fc.double({ noNaN: true }),
      fc.string(),
      fc.uint8Array(),
      (int, uint, double, text, bytes) => {
        const written = new WireWriter().int(int).uint(uint).double(double).string(text).bytes(bytes).finish();
        const reader = new WireReader(written);
        expect([reader.int(), reader.uint(), reader.double(), reader.string()]).toEqual([int, uint, double, text]);
        expect(reader.bytes()).toEqual(bytes);
        expect(reader.done).toBeTrue();
      },
    ),
  );
});

test("any bytes are either read to the end or refused", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      const reader = new WireReader(bytes);
      try {
        while (!reader.done) reader.skip(reader.tag().type);
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(Failure);
      }
    }),
  );
});
