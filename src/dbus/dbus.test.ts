import { expect, test } from "bun:test";
import fc from "fast-check";
import { fuzzCases } from "../../test/support/fuzz.ts";
import { Failure } from "../errors/failure.ts";
import { Handshake, maximumLineBytes, takeLine } from "./authentication.ts";
import { type DbusMessage, decodeMessage, encodeMessage, MessageType, messageLength } from "./message.ts";
import { parseSignature } from "./signature.ts";
import type { DbusValue } from "./value.ts";

/** A type's signature with values of it. */
interface Typed {
  readonly signature: string;
  readonly value: fc.Arbitrary<DbusValue>;
}

const text = fc.string({ maxLength: 12 });
const basics: readonly Typed[] = [
  { signature: "y", value: fc.nat(255) },
  { signature: "b", value: fc.boolean() },
  { signature: "n", value: fc.integer({ min: -32_768, max: 32_767 }) },
  { signature: "q", value: fc.nat(65_535) },
  { signature: "i", value: fc.integer() },
  { signature: "u", value: fc.nat(0xffff_ffff) },
  { signature: "x", value: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }) },
  { signature: "t", value: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }) },
  { signature: "d", value: fc.double({ noNaN: true }) },
  { signature: "s", value: text },
  { signature: "o", value: fc.constantFrom("/", "/org/freedesktop/login1") },
  { signature: "g", value: fc.constantFrom("", "su", "a{sv}") },
  { signature: "h", value: fc.nat(9) },
];

const { typed } = fc.letrec<{ typed: Typed }>((tie) => ({
  typed: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(...basics),
    tie("typed").map(({ signature, value }) => ({
      signature: `a${signature}`,
      value: fc.array(value, { maxLength: 3 }),
    })),
    fc.array(tie("typed"), { minLength: 1, maxLength: 3 }).map((fields) => ({
      signature: `(${fields.map(({ signature }) => signature).join("")})`,
      value: fc.tuple(...fields.map(({ value }) => value)),
    })),
    tie("typed").map((inner) => ({
      signature: "v",
      value: inner.value.map((value) => ({ signature: inner.signature, value })),
    })),
    fc.tuple(fc.constantFrom(...basics), tie("typed")).map(([key, inner]) => ({
      signature: `a{${key.signature}${inner.signature}}`,
      value: fc.array(fc.tuple(key.value, inner.value), { maxLength: 2 }),
    })),
  ),
}));

const messages: fc.Arbitrary<DbusMessage> = fc
  .array(typed, { minLength: 1, maxLength: 3 })
  .chain((types) =>
    fc.record({
      type: fc.constantFrom(...Object.values(MessageType)),
      serial: fc.integer({ min: 1, max: 2 ** 31 }),
      path: fc.constant("/org/freedesktop/login1"),
      member: text,
      replySerial: fc.nat(2 ** 31),
      signature: fc.constant(types.map(({ signature }) => signature).join("")),
      body: fc.tuple(...types.map(({ value }) => value)),
    }),
  )
  .filter(({ signature = "" }) => signature.length <= 255);

test("what is encoded is decoded again, and knows its length", () => {
  fc.assert(
    fc.property(messages, (message) => {
      const bytes = encodeMessage(message);
      expect(messageLength(bytes)).toBe(bytes.length);
      expect(decodeMessage(Buffer.concat([bytes, Buffer.from("more")]))).toEqual(message);
    }),
  );
});

test("any bytes are a message or are refused, whole or torn", () => {
  const hostile = fc.oneof(
    fc.uint8Array({ maxLength: 80 }),
    fc.tuple(messages, fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 4 })).map(([message, changes]) => {
      const bytes = encodeMessage(message);
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      return bytes;
    }),
    fc.tuple(messages, fc.nat(400)).map(([message, cut]) => encodeMessage(message).subarray(0, cut)),
  );
  let refused = 0;
  fc.assert(
    fc.property(hostile, (bytes) => {
      try {
        expect(decodeMessage(bytes).type).toBeNumber();
      } catch (thrown) {
        refused += 1;
        expect(thrown).toBeInstanceOf(Failure);
      }
    }),
    { numRuns: fuzzCases(2_000) },
  );
  expect(refused).toBeGreaterThan(0);
});

test("a call of a real client is read, in either order of bytes", () => {
  // What godbus sends first.
  const hello = { path: "/org/freedesktop/DBus", destination: "org.freedesktop.DBus" };
  const call = { type: MessageType.call, serial: 1, ...hello, interface: "org.freedesktop.DBus", member: "Hello" };
  expect(decodeMessage(encodeMessage(call))).toEqual(call);
  const big = Buffer.from([0x42, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0]);
  expect(decodeMessage(big)).toEqual({ type: MessageType.call, serial: 7 });
});

test.each(["(", "()", "a", "{sv}", "a{vs}", "a{s}", "a{sss}", "z", ")", "a".repeat(80), "y".repeat(256)])(
  'the signature "%s" is none',
  (signature) => expect(() => parseSignature(signature)).toThrow("Cannot read the D-Bus signature"),
);

test("a message that is too long is refused before it is there", () => {
  const head = Buffer.from([0x6c, 1, 0, 1, 0xff, 0xff, 0xff, 0x0f, 1, 0, 0, 0, 0, 0, 0, 0]);
  expect(() => messageLength(head)).toThrow("longer than 65536 bytes");
  expect(messageLength(head.subarray(0, 15))).toBeUndefined();
});

test("whoever the kernel vouches for may talk, and is told how until then", () => {
  const handshake = new Handshake("0123");
  const heard = ["AUTH", "BEGIN", "AUTH EXTERNAL 30", "NEGOTIATE_UNIX_FD", "LIST", "BEGIN"].map((line) =>
    handshake.hear(line),
  );
  expect(heard).toEqual([
    ...[{ answer: "REJECTED EXTERNAL" }, { answer: "ERROR" }, { answer: "OK 0123" }, { answer: "AGREE_UNIX_FD" }],
    ...[{ answer: "ERROR" }, { begins: true }],
  ]);
  const other = new Handshake("0123");
  expect(["AUTH EXTERNAL", "DATA", "BEGIN"].map((line) => other.hear(line))).toEqual([
    ...[{ answer: "DATA" }, { answer: "OK 0123" }, { begins: true }],
  ]);
});

test("lines end where they should, or are too long", () => {
  expect(takeLine(Buffer.from("AUTH\r\nBEGIN"))).toEqual({ line: "AUTH", length: 6 });
  expect(takeLine(Buffer.from("AUTH"))).toBeUndefined();
  expect(() => takeLine(Buffer.alloc(maximumLineBytes + 1, 65))).toThrow("a line is longer");
});
