import { afterAll, expect, test } from "bun:test";
import fc from "fast-check";
import { Failure } from "../../errors/failure.ts";
import { messageOf } from "../../errors/message.ts";
import { answers, decodeAnswer, encodeQuery, packetBytes } from "./packet.ts";
import { queryTime } from "./query.ts";
import { readTimestamp, writeTimestamp } from "./timestamp.ts";

const resources = new AsyncDisposableStack();
afterAll(() => resources.disposeAsync());

/** A time server that is ahead by so much, and answers as `change` likes. */
async function timeServer({ aheadMs = 0, change = (_: Uint8Array) => {} } = {}): Promise<number> {
  const server = await Bun.udpSocket({
    hostname: "127.0.0.1",
    socket: {
      data(socket, query, port, address) {
        const answer = new Uint8Array(packetBytes);
        const view = new DataView(answer.buffer);
        answer[0] = (4 << 3) | 4;
        answer[1] = 2;
        answer.set(query.subarray(40, 48), 24);
        writeTimestamp(view, 32, Date.now() + aheadMs);
        writeTimestamp(view, 40, Date.now() + aheadMs);
        change(answer);
        socket.send(answer, port, address);
      },
    },
  });
  resources.defer(() => server.close());
  return server.port;
}

const failure = async (port: number, timeoutMs = 15_000): Promise<string> => {
  const thrown = await queryTime("127.0.0.1", { port, timeoutMs }).catch((error: unknown) => error);
  return messageOf(thrown);
};

test.each([0, 3_600_000, -86_400_000])("an offset of %d ms is measured", async (aheadMs) => {
  const port = await timeServer({ aheadMs });
  // An answer that was held up says little; a computer that is busy holds up some.
  const all = await Array.fromAsync({ length: 8 }, () => queryTime("127.0.0.1", { port }));
  const [quickest] = all.toSorted((left, right) => left.delayMs - right.delayMs);
  expect(Math.abs((quickest?.offsetMs ?? 0) - aheadMs)).toBeLessThan(50);
  expect(quickest?.delayMs).toBeLessThan(1_000);
  expect(quickest?.stratum).toBe(2);
});

test("a server that does not know the time is not believed", async () => {
  const stratum = (value: number) => (answer: Uint8Array) => void answer.set([value], 1);
  expect(await failure(await timeServer({ change: (answer) => answer.set([0xe4], 0) }))).toContain("does not know it");
  expect(await failure(await timeServer({ change: stratum(16) }))).toContain("does not know it");
  const refusing = (answer: Uint8Array) => {
    stratum(0)(answer);
    answer.set(Buffer.from("RATE"), 12);
  };
  expect(await failure(await timeServer({ change: refusing }))).toContain("refuses to tell it (RATE)");
  expect(await failure(await timeServer({ change: (answer) => answer.set([0, 9], 8) }))).toContain("9000 ms off");
  expect(await failure(await timeServer({ change: (answer) => answer.fill(0, 40) }))).toContain("contradicts itself");
});

test("who has not seen the question cannot answer it, and silence ends", async () => {
  const forged = await timeServer({ change: (answer) => answer.fill(7, 24, 32) });
  expect(await failure(forged, 50)).toContain("no answer");
  const port = await timeServer();
  await resources.disposeAsync();
  expect(await failure(port)).toContain("nobody listens there");
  const aborted = queryTime("127.0.0.1", { port, signal: AbortSignal.abort(new Error("enough")) });
  expect(await aborted.catch(String)).toBe("Error: enough");
});

test("a name that does not resolve is told", async () => {
  const thrown = await queryTime("time.invalid", { timeoutMs: 2_000 }).catch((error: unknown) => error);
  expect(messageOf(thrown)).toContain("Cannot ask time server time.invalid");
});

test("times are kept to the microsecond, across the year 2036", () =>
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_200_000_000_000 }), (unixMs) => {
      const view = new DataView(new ArrayBuffer(8));
      writeTimestamp(view, 0, unixMs);
      expect(Math.abs(readTimestamp(view, 0) - unixMs)).toBeLessThan(1e-3);
    }),
  ));

test("whatever comes is read or refused", () =>
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.uint8Array({ minLength: 8, maxLength: 8 }), (bytes, cookie) => {
      answers(bytes, cookie);
      try {
        const { receivedMs, sentMs } = decodeAnswer(bytes);
        expect(sentMs).toBeGreaterThanOrEqual(receivedMs);
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(Failure);
      }
    }),
    { numRuns: 1_000 },
  ));

test("a question says nothing of our clock", () => {
  const cookie = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  const query = encodeQuery(cookie);
  expect([...query.subarray(0, 1), ...query.subarray(40)]).toEqual([0x23, ...cookie]);
  expect(query.subarray(1, 40).every((byte) => byte === 0)).toBe(true);
});
