import { expect, test } from "bun:test";
import fc from "fast-check";
import { Failure } from "../errors/failure.ts";
import { Code, codeFrom, StatusError, statusOf } from "./status.ts";
import { decodeStatusMessage, encodeStatusMessage } from "./status-message.ts";

test("a handler's own status is told as it is, anything else with its causes", () => {
  expect(statusOf(new StatusError(Code.notFound, "no such thing"))).toEqual({ code: 5, message: "no such thing" });
  expect(statusOf(new Failure("Cannot read", { cause: new Error("gone") })).message).toBe("Cannot read: gone");
  expect(statusOf(new TypeError("oops")).code).toBe(Code.internal);
});

test("a code that is none is Unknown", () => {
  expect([codeFrom("7"), codeFrom(99), codeFrom(undefined)]).toEqual([7, 2, 2]);
});

test("any message survives its header, which is printable ASCII", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 300 }), (message) => {
      const encoded = encodeStatusMessage(message);
      expect(encoded).toMatch(/^[\x20-\x7e]*$/);
      expect(decodeStatusMessage(encoded)).toBe(message);
    }),
  );
});

test("no header breaks the decoder", () => {
  fc.assert(fc.property(fc.string({ maxLength: 60 }), (header) => expect(decodeStatusMessage(header)).toBeString()));
  expect(decodeStatusMessage("100%")).toBe("100%");
});

test("a long message is cut", () => {
  expect(encodeStatusMessage("\n".repeat(100_000)).length).toBeLessThan(16_384);
});
