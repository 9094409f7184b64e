import { expect, test } from "bun:test";
import fc from "fast-check";
import type { NetlinkMessage } from "../message.ts";
import { KnownMessages } from "./known-messages.ts";

const message = (...bytes: readonly number[]): NetlinkMessage => ({
  ...{ type: 20, flags: 0, sequence: 1 },
  // As it comes from the kernel: a part of a datagram.
  body: Uint8Array.from([9, ...bytes, 9]).subarray(1, bytes.length + 1),
});

/** What begins with 0 is of no kind that it knows. */
function decoder() {
  const decoded: string[] = [];
  const known = new KnownMessages((body) => {
    decoded.push(body.toHex());
    return body[0] === 0 ? undefined : { hex: body.toHex() };
  });
  return { decoded, known };
}

test("the same bytes are decoded once, and are the same object while they are among all", () => {
  const { decoded, known } = decoder();
  const [first] = known.all([message(1, 200), message(0, 1), message(2)]);
  expect(known.some([message(1, 200), message(0, 1)])).toEqual([{ hex: "01c8" }]);
  expect(known.some([message(1, 200)])[0]).toBe(first);
  expect(decoded).toEqual(["01c8", "0001", "02"]);
  known.all([message(2)]);
  expect(known.some([message(1, 200)])[0]).not.toBe(first);
  expect(decoded).toEqual(["01c8", "0001", "02", "01c8"]);
});

test("whatever was said before, it is what decoding says", () => {
  const body = fc.array(fc.constantFrom(0, 1, 127, 128, 159, 255), { maxLength: 3 });
  const reading = fc.record({ bodies: fc.array(body, { maxLength: 6 }), isAll: fc.boolean() });
  fc.assert(
    fc.property(fc.array(reading, { maxLength: 12 }), (readings) => {
      const { known } = decoder();
      for (const { bodies, isAll } of readings) {
        const messages = bodies.map((bytes) => message(...bytes));
        const expected = messages.flatMap(({ body }) => (body[0] === 0 ? [] : [{ hex: body.toHex() }]));
        expect(isAll ? known.all(messages) : known.some(messages)).toEqual(expected);
      }
    }),
  );
});
