import { expect, test } from "bun:test";
import fc from "fast-check";
import { frameMessage, MessageFramer } from "./message-framer.ts";
import { Code, StatusError } from "./status.ts";

test("messages come out as they went in, however their bytes are cut", () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 20 }),
      fc.array(fc.nat(80), { maxLength: 30 }),
      (messages, cuts) => {
        const framer = new MessageFramer();
        const out: Uint8Array[] = [];
        let bytes = Buffer.concat(messages.map((message) => frameMessage(message)));
        for (const cut of cuts) {
          for (const message of framer.push(bytes.subarray(0, cut))) out.push(Uint8Array.from(message));
          bytes = bytes.subarray(cut);
        }
        for (const message of framer.push(bytes)) out.push(Uint8Array.from(message));
        expect(out).toEqual(messages.map((message) => Uint8Array.from(message)));
        expect(framer.empty).toBe(true);
      },
    ),
  );
});

test("any bytes are messages, wait for more, or are refused with a status", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const framer = new MessageFramer(1_000);
      try {
        for (const message of framer.push(bytes)) expect(message.length).toBeLessThanOrEqual(1_000);
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(StatusError);
      }
    }),
  );
});

test("a message over the limit is refused by its prefix, before its bytes come", () => {
  const framer = new MessageFramer(10);
  const prefix = frameMessage(new Uint8Array(11)).subarray(0, 5);
  expect(() => [...framer.push(prefix)]).toThrow("Cannot receive a message of 11 bytes: the limit is 10");
});

test("compression is refused: nobody is told that we know any", () => {
  try {
    [...new MessageFramer().push(Uint8Array.of(1, 0, 0, 0, 0))];
    expect.unreachable();
  } catch (thrown) {
    expect(thrown instanceof StatusError && thrown.code).toBe(Code.unimplemented);
  }
});
