import { expect, test } from "bun:test";
import fc from "fast-check";
import { fuzzCases } from "../../test/support/fuzz.ts";
import { Failure } from "../errors/failure.ts";
import { KubeError } from "./kube-error.ts";
import type { KubeObject } from "./object.ts";
import { decodeWatch, maximumEventBytes, type WatchEvent } from "./watch.ts";

async function* inPieces(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array, void, undefined> {
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].toSorted((a, b) => a - b);
  for (const [index, from] of [0, ...places].entries()) yield bytes.slice(from, places[index] ?? bytes.length);
}

const bytesOf = (...lines: readonly unknown[]) =>
  new TextEncoder().encode(lines.map((line) => `${typeof line === "string" ? line : JSON.stringify(line)}\n`).join(""));

const decode = (bytes: Uint8Array, cuts: readonly number[] = []): Promise<WatchEvent[]> =>
  Array.fromAsync(decodeWatch<KubeObject>(inPieces(bytes, cuts), "watch /api/v1/pods"));

const event = fc.record({
  type: fc.constantFrom("ADDED" as const, "MODIFIED" as const, "DELETED" as const, "BOOKMARK" as const),
  object: fc.record({ metadata: fc.record({ name: fc.string({ unit: "grapheme" }), resourceVersion: fc.string() }) }),
});
const cuts = fc.array(fc.nat(), { maxLength: 8 });

test("events are the same wherever the network cuts them, within a letter too", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 6 }), cuts, async (events, places) => {
      expect(await decode(bytesOf(...events), places)).toEqual(events);
    }),
  );
});

test("noise is refused with a Failure, or holds events", async () => {
  const noise = fc.oneof(
    fc.uint8Array({ maxLength: 80 }),
    fc.tuple(fc.array(event, { maxLength: 3 }), fc.nat(), fc.nat(255)).map(([events, at, byte]) => {
      const bytes = bytesOf(...events);
      if (bytes.length > 0) bytes[at % bytes.length] = byte;
      return bytes;
    }),
    fc.json().map((text) => bytesOf(text)),
  );
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(noise, cuts, async (bytes, places) => {
      const result = await decode(bytes, places).catch((thrown: unknown) => thrown);
      if (Array.isArray(result)) return;
      expect(result).toBeInstanceOf(Failure);
      expect((result as Failure).message).toStartWith("Cannot watch /api/v1/pods: ");
      refused += 1;
    }),
    { numRuns: fuzzCases(500) },
  );
  expect(refused).toBeGreaterThan(0);
});

test("an event cut off by the end of the connection is none", async () => {
  const whole = { type: "ADDED", object: { metadata: { name: "a" } } };
  expect(await decode(bytesOf(whole, whole).slice(0, -3))).toHaveLength(1);
});

test("what the server has forgotten is an error that says so", async () => {
  const status = { kind: "Status", code: 410, reason: "Expired", message: "too old resource version: 1 (9)" };
  const thrown = await decode(bytesOf({ type: "ERROR", object: status })).catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(KubeError);
  expect(thrown).toMatchObject({
    code: 410,
    reason: "Expired",
    message: "Cannot watch /api/v1/pods: too old resource version: 1 (9) (410 Expired)",
  });
});

test("a line without an end is not collected for ever", async () => {
  async function* endless(): AsyncGenerator<Uint8Array, void, undefined> {
    const chunk = new Uint8Array(1 << 20).fill(0x20);
    for (let sent = 0; sent <= maximumEventBytes; sent += chunk.length) yield chunk;
  }
  const thrown = await Array.fromAsync(decodeWatch(endless(), "watch it")).catch((error: unknown) => error);
  expect(thrown).toMatchObject({ message: `Cannot watch it: an event is larger than ${maximumEventBytes} bytes` });
});
