import { expect, test } from "bun:test";
import fc from "fast-check";
import { Failure } from "../errors/failure.ts";
import { DerCursor, DerTag, der, integer, readDer, sequence } from "./der.ts";
import { objectIdentifier, readObjectIdentifier } from "./object-identifier.ts";

test("what was encoded is read back, whatever its length", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70_000 }), (contents) => {
      expect(Buffer.from(readDer(der(DerTag.octetString, contents)).contents)).toEqual(Buffer.from(contents));
    }),
    { numRuns: 50 },
  );
});

test("a cursor walks the children in order", () => {
  const cursor = new DerCursor(readDer(sequence(integer(Uint8Array.of(1)), der(DerTag.null))));
  expect([...cursor.next(DerTag.integer).contents]).toEqual([1]);
  expect(cursor.optional(DerTag.integer)).toBeUndefined();
  expect(cursor.next().tag).toBe(DerTag.null);
  expect(cursor.done).toBe(true);
});

test("an integer with the top bit set stays positive", () => {
  expect([...integer(Uint8Array.of(0, 0, 0x80))]).toEqual([2, 2, 0, 0x80]);
  expect([...integer(Uint8Array.of(0))]).toEqual([2, 1, 0]);
});

test.each([
  ["an empty input", [], "cut off"],
  ["a value shorter than its length", [0x04, 0x05, 1], "cut off 4 bytes early"],
  ["trailing bytes", [0x05, 0x00, 0x00], "1 bytes follow"],
  ["an indefinite length", [0x30, 0x80, 0, 0], "a length of 0 bytes is not allowed"],
  ["a length that is not minimal", [0x04, 0x81, 0x01, 0], "not minimal"],
  ["a huge length", [0x04, 0x85, 1, 1, 1, 1, 1], "a length of 5 bytes is not allowed"],
  ["a long tag", [0x1f, 0x81, 0x01, 0], "tag numbers over 30"],
])("%s is refused", (_, bytes, message) => {
  expect(() => readDer(Uint8Array.from(bytes))).toThrow(message);
});

test("object identifiers survive the way through their encoding", () => {
  const arc = fc.integer({ min: 0, max: 2 ** 30 });
  const identifier = fc
    .tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 39 }), fc.array(arc, { maxLength: 8 }))
    .map(([first, second, rest]) => [first, second, ...rest].join("."));
  fc.assert(
    fc.property(identifier, (dotted) => {
      expect(readObjectIdentifier(readDer(objectIdentifier(dotted)))).toBe(dotted);
    }),
  );
});

test("any bytes either read or fail as a Failure", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      try {
        const element = readDer(bytes);
        expect(element.encoding.length).toBe(bytes.length);
        readObjectIdentifier(element);
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(Failure);
      }
    }),
    { numRuns: 2_000 },
  );
});
