import { expect, test } from "bun:test";
import fc from "fast-check";
import { DnsCache, lifetimeSeconds } from "./cache.ts";
import { composeAddresses, composeEmpty, composeQuery } from "./compose.ts";
import { Forwarder } from "./forwarder.ts";
import { splitMessages, withLength } from "./framing.ts";
import { fitted } from "./listener.ts";
import { decodeHead, decodeRecords, Flag, type MessageHead, RecordType, ResponseCode, viewOf } from "./message.ts";

const name = (text: string) =>
  Uint8Array.of(...text.split(".").flatMap((label) => [label.length, ...Buffer.from(label)]), 0);

const headOf = (text: string, type: number = RecordType.A, id = 7): MessageHead => ({
  id,
  flags: Flag.recursionDesired,
  question: { name: text.toLowerCase(), type, class: 1, bytes: Uint8Array.of(...name(text), 0, type, 0, 1) },
});

const queryFor = (head: MessageHead) => ({
  question: head.question,
  checkingDisabled: false,
  extended: true,
  signatures: true,
});

test("a query of ours is read back as it was meant", () => {
  const head = headOf("Example.ORG", RecordType.AAAA);
  const message = composeQuery(513, queryFor(head));
  expect(decodeHead(message)).toMatchObject({
    id: 513,
    flags: Flag.recursionDesired,
    question: { name: "example.org" },
  });
  expect(decodeRecords(message)).toMatchObject([
    { section: "additional", type: RecordType.OPT, class: 1_232, ttlSeconds: 0x8000 },
  ]);
});

test("names that differ look different, whatever their bytes", () => {
  const dotted = Uint8Array.of(0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 3, 0x61, 0x2e, 0x62, 0, 0, 1, 0, 1);
  expect(decodeHead(dotted)?.question.name).toBe("a\\046b");
  const label = fc.uint8Array({ minLength: 1, maxLength: 20 });
  const encoded = (labels: Uint8Array[]) =>
    Buffer.concat(labels.flatMap((bytes) => [Uint8Array.of(bytes.length), bytes]));
  const read = (labels: Uint8Array[]) =>
    decodeHead(Buffer.concat([Uint8Array.of(0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0), encoded(labels), new Uint8Array(5)]));
  fc.assert(
    fc.property(fc.array(label, { maxLength: 5 }), fc.array(label, { maxLength: 5 }), (a, b) => {
      const lower = (labels: Uint8Array[]) =>
        encoded(labels)
          .toString("latin1")
          .replace(/[A-Z]/g, (c) => c.toLowerCase());
      const differ = lower(a) !== lower(b);
      expect(read(a)?.question.name !== read(b)?.question.name).toBe(differ);
    }),
  );
});

test("no bytes make the decoders throw, or read beyond the end", () => {
  const seed = composeAddresses(headOf("node-1.example.org"), ["192.0.2.1", "192.0.2.2"], 10);
  const damaged = fc
    .array(fc.tuple(fc.nat(seed.length - 1), fc.nat(255)), { maxLength: 8 })
    .map((changes) => changes.reduce((bytes, [at, value]) => bytes.with(at, value), seed));
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 600 }), damaged), (bytes) => {
      const records = decodeRecords(bytes) ?? [];
      expect(records.every(({ ttlOffset }) => ttlOffset + 4 <= bytes.length)).toBe(true);
      if (bytes.length >= 12) lifetimeSeconds(bytes);
    }),
    { numRuns: 2_000 },
  );
});

test("no bytes of a client make the forwarder throw", async () => {
  const forwarder = new Forwarder();
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 100 }), async (bytes) => {
      const answer = await forwarder.answer(bytes);
      const isQuery = bytes.length >= 12 && (viewOf(bytes).getUint16(2) & Flag.response) === 0;
      expect(answer !== undefined).toBe(isQuery);
      if (answer !== undefined) expect(viewOf(answer.message).getUint16(0)).toBe(viewOf(bytes).getUint16(0));
    }),
  );
});

test("messages on a connection are found however they are cut", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 })), fc.integer({ min: 1, max: 50 }), (messages, size) => {
      const stream = Buffer.concat(messages.map(withLength));
      const found: Uint8Array[] = [];
      const splitter = splitMessages((message) => found.push(message));
      for (let at = 0; at < stream.length; at += size) splitter.push(stream.subarray(at, at + size));
      expect(found).toEqual(messages.map((message) => Uint8Array.from(message)));
    }),
  );
});

test("an answer that does not fit says that there is more", () => {
  const head = headOf("many.example.org");
  const addresses = Array.from({ length: 60 }, (_, index) => `192.0.2.${index}`);
  const message = composeAddresses(head, addresses, 10);
  expect(fitted({ message, payloadBytes: 1_232 })).toBe(message);
  const cut = fitted({ message, payloadBytes: 512 });
  expect(decodeHead(cut)).toMatchObject({ id: 7, question: { name: "many.example.org" } });
  expect((decodeHead(cut)?.flags ?? 0) & Flag.truncated).toBe(Flag.truncated);
  expect(decodeRecords(cut)).toEqual([]);
});

const answerFor = (text: string, ttlSeconds: number) => composeAddresses(headOf(text), ["192.0.2.1"], ttlSeconds);
const ttlOf = (answer: Uint8Array | undefined) => decodeRecords(answer ?? new Uint8Array(0))?.[0]?.ttlSeconds;

test("what is kept grows old, and is forgotten in time", () => {
  let nowMs = 0;
  const cache = new DnsCache({ now: () => nowMs });
  cache.put("a", answerFor("a", 60));
  nowMs = 20_500;
  expect(ttlOf(cache.get("a"))).toBe(40);
  nowMs = 59_999;
  expect(ttlOf(cache.get("a"))).toBe(1);
  nowMs = 60_000;
  expect(cache.get("a")).toBeUndefined();
  expect(cache.size).toBe(0);
});

test("servers are believed neither for ever nor for no time", () => {
  expect(lifetimeSeconds(answerFor("a", 0))).toBe(5);
  expect(lifetimeSeconds(answerFor("a", 0xffffffff))).toBe(3_600);
  expect(lifetimeSeconds(composeEmpty(headOf("a"), ResponseCode.noSuchName))).toBe(5);
  expect(lifetimeSeconds(composeEmpty(headOf("a"), ResponseCode.serverFailure))).toBeUndefined();
  expect(lifetimeSeconds(composeEmpty(headOf("a"), ResponseCode.ok, Flag.truncated))).toBeUndefined();
});

test("the cache is bounded, and what was asked for lately stays", () => {
  const cache = new DnsCache({ entries: 2 });
  for (const key of ["a", "b"]) cache.put(key, answerFor(key, 60));
  cache.get("a");
  cache.put("c", answerFor("c", 60));
  expect([cache.get("a"), cache.get("b"), cache.get("c")].map((answer) => answer !== undefined)).toEqual([
    true,
    false,
    true,
  ]);
  const small = new DnsCache({ bytes: 16 * 64 });
  for (let index = 0; index < 100; index += 1) small.put(`k${index}`, answerFor(`k${index}`, 60));
  expect(small.size).toBeLessThan(40);
  expect(small.size).toBeGreaterThan(5);
});

test("machines of the cluster are known by name, of the family that was asked for", async () => {
  const addressesOf = (asked: string) => (asked === "node-1" ? ["10.0.0.1", "fd00::1"] : undefined);
  const forwarder = new Forwarder({ addressesOf });
  const ask = async (text: string, type: number) => {
    const head = headOf(text, type);
    const answer = await forwarder.answer(composeQuery(head.id, queryFor(head)));
    return {
      flags: decodeHead(answer?.message ?? new Uint8Array(0))?.flags,
      records: decodeRecords(answer?.message ?? new Uint8Array(0)),
    };
  };
  expect((await ask("Node-1", RecordType.A)).records).toMatchObject([
    { data: Uint8Array.of(10, 0, 0, 1), ttlSeconds: 10 },
  ]);
  expect((await ask("node-1", RecordType.AAAA)).records?.[0]?.data).toHaveLength(16);
  // Nobody else to ask: that fails at once.
  expect(((await ask("node-2", RecordType.A)).flags ?? 0) & Flag.code).toBe(ResponseCode.serverFailure);
});
