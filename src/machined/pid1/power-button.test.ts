import { expect, test } from "bun:test";
import fc from "fast-check";
import { hasKey, hasPowerPress } from "./power-button.ts";

function event(type: number, code: number, value: number): Uint8Array {
  const bytes = new Uint8Array(24);
  const view = new DataView(bytes.buffer);
  view.setUint16(16, type, true);
  view.setUint16(18, code, true);
  view.setInt32(20, value, true);
  return bytes;
}

test("a press counts, its release and other keys do not", () => {
  expect(hasPowerPress(Buffer.concat([event(0, 0, 0), event(1, 116, 1)]))).toBe(true);
  expect(hasPowerPress(Buffer.concat([event(1, 116, 0), event(1, 115, 1)]))).toBe(false);
});

test("any bytes are looked at without harm", () =>
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      expect(typeof hasPowerPress(bytes)).toBe("boolean");
    }),
  ));

test("sysfs prints the highest word first", () => {
  // An ACPI power button: bit 116 is bit 52 of the second word.
  expect(hasKey("10000000000000 0\n", 116)).toBe(true);
  expect(hasKey("10000000000000 0\n", 52)).toBe(false);
  expect(hasKey("0", 116)).toBe(false);
});
