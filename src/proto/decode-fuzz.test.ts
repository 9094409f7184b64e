import { expect, test } from "bun:test";
import fc from "fast-check";
import { fuzzCases, hostileMessages } from "../../test/support/fuzz.ts";
import { methods } from "./methods.ts";

const messages = [...new Set(Object.values(methods).flatMap(({ request, response }) => [request, response]))];

test("every message of the API is decoded from any bytes, or refused with an error that says why", () => {
  let refused = 0;
  fc.assert(
    fc.property(fc.constantFrom(...messages), hostileMessages, (message, bytes) => {
      try {
        expect(message.decode(bytes)).toBeObject();
      } catch (thrown) {
        refused += 1;
        expect(thrown).toBeInstanceOf(Error);
        expect((thrown as Error).message).not.toBe("");
      }
    }),
    { numRuns: fuzzCases(5_000) },
  );
  expect(refused).toBeGreaterThan(0);
});

/** Groups that open and never close, as deep as they are long. */
const groups = Uint8Array.from({ length: 1_000_000 }, () => 0x0b);

/** Field 1 in field 1, and so on. */
function nested(levels: number): Uint8Array {
  let inner: Uint8Array = new Uint8Array();
  for (let level = 0; level < levels; level += 1) {
    inner = Uint8Array.of(0x0a, (inner.length % 128) + 128, Math.floor(inner.length / 128), ...inner);
  }
  return inner;
}

const tooLong = (...length: readonly number[]) => Uint8Array.of(0x0a, ...length);
const traps = [groups, nested(2_000), tooLong(255, 255, 255, 255, 7), tooLong(255, 255, 255, 255, 127)];

test("depth and lengths that the bytes do not have cost every message neither stack nor memory", () => {
  const before = process.memoryUsage().rss;
  for (const message of messages) {
    for (const bytes of traps) {
      try {
        message.decode(bytes);
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(Error);
        expect((thrown as Error).message).not.toContain("call stack");
      }
    }
  }
  expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000);
});
