import { expect, test } from "bun:test";
import { connect as connectNet } from "node:net";
import fc from "fast-check";
import { fuzzCases, hostileMessages } from "../../../test/support/fuzz.ts";
import { connect } from "../client/connect.ts";
import { echo, text, textOf } from "../testing/echo.ts";
import { eventually } from "../testing/eventually.ts";
import { callHeaders, FrameFlag, FrameType, frame, literal, preface, uint32 } from "../testing/raw-http2.ts";
import { servedEcho } from "../testing/served-echo.ts";

const settings = frame(FrameType.settings, 0, 0, new Uint8Array());
const headers = frame(FrameType.headers, FrameFlag.endHeaders, 1, callHeaders(echo.unary.path));

/** A message as gRPC frames it: the flag and the length are what they should be, or not. */
const grpcFrames = fc
  .tuple(fc.constantFrom(0, 0, 0, 1, 2, 255), hostileMessages, fc.constantFrom(0, 0, 0, 1, -1, 2 ** 31, 2 ** 32 - 1))
  .map(([flag, message, lie]) => {
    const length = Math.min(2 ** 32 - 1, Math.max(0, message.length + lie));
    return Buffer.concat([Uint8Array.of(flag), uint32(length), message]);
  });

/** What follows a call's headers, from nearly right to noise. */
const frames = fc.oneof(
  fc
    .tuple(grpcFrames, fc.boolean())
    .map(([bytes, end]) => frame(FrameType.data, end ? FrameFlag.endStream : 0, 1, bytes)),
  // Frames of any type, on streams that are not there, with payloads that do not fit.
  fc
    .tuple(fc.nat(12), fc.nat(255), fc.constantFrom(0, 1, 2, 3, 2 ** 31 - 1), fc.uint8Array({ maxLength: 40 }))
    .map(([type, flags, stream, payload]) => frame(type, flags, stream, payload)),
  // A frame that says it is longer than it is, or than any may be.
  fc.tuple(fc.nat(2 ** 24 - 1), fc.nat(9)).map(([length, type]) => {
    const bytes = frame(type, 0, 1, new Uint8Array(20));
    bytes.writeUIntBE(length, 0, 3);
    return bytes;
  }),
  fc
    .array(fc.tuple(fc.string({ maxLength: 10 }), fc.string({ maxLength: 10 })), { maxLength: 4 })
    .map((pairs) => frame(FrameType.headers, 5, 3, Buffer.concat(pairs.map(([name, value]) => literal(name, value))))),
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
);

const conversations = fc
  .tuple(fc.constantFrom([settings, headers], [settings], [headers], []), fc.array(frames, { maxLength: 5 }))
  .map(([begin, rest]) => Buffer.concat([Buffer.from(preface), ...begin, ...rest]));

/** Says all of it, and waits until the server has closed the connection. */
function converse(path: string, bytes: Buffer): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const socket = connectNet({ path });
  socket.on("error", () => undefined);
  socket.once("close", () => resolve());
  socket.resume();
  socket.end(bytes);
  return promise;
}

test("whatever a peer says, the server serves others, and nothing of it stays", async () => {
  const told: string[] = [];
  let begun = 0;
  const count = () => {
    begun += 1;
  };
  const onError = (method: string, message: string) => told.push(`${method}: ${message}`);
  await using echoed = await servedEcho({ interceptors: [count], onError });
  using other = connect({ target: { unix: echoed.path } });
  await fc.assert(
    fc.asyncProperty(fc.array(conversations, { minLength: 8, maxLength: 8 }), async (batch) => {
      await Promise.all(batch.map((bytes) => converse(echoed.path, bytes)));
      expect(textOf(await other.unary(echo.unary, text("hello"), { timeoutMs: 15_000 }))).toBe("hello");
    }),
    { numRuns: Math.ceil(fuzzCases(400) / 8), endOnFailure: true },
  );
  await eventually(() => echoed.server.activeCalls === 0);
  expect(begun).toBeGreaterThan(100);
  // Only what a handler does wrong is told to the log, and the echo does nothing wrong.
  expect(told).toEqual([]);
});
