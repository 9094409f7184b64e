import { expect, test } from "bun:test";
import { connect as connectNet } from "node:net";
import { connect } from "../client/connect.ts";
import { sessionSettings } from "../http2/settings.ts";
import { Code } from "../status.ts";
import { echo, text, textOf } from "../testing/echo.ts";
import { eventually, settled } from "../testing/eventually.ts";
import { callHeaders, FrameFlag, FrameType, frame, literal, preface } from "../testing/raw-http2.ts";
import { servedEcho } from "../testing/served-echo.ts";

test("one connection has as many calls open as it may, and no more", async () => {
  const { maxConcurrentStreams } = sessionSettings;
  const full = Promise.withResolvers<void>();
  let begun = 0;
  const count = () => {
    begun += 1;
    if (begun === maxConcurrentStreams) full.resolve();
  };
  await using echoed = await servedEcho({ interceptors: [count] });
  const controller = new AbortController();
  const calls = Array.from({ length: maxConcurrentStreams + 100 }, () =>
    echoed.channel.unary(echo.unary, text("wait"), { signal: controller.signal }).catch(() => "ended"),
  );
  await full.promise;
  // Another connection is served meanwhile, and by then the first would have shown that it takes more.
  using other = connect({ target: { unix: echoed.path } });
  expect(textOf(await other.unary(echo.unary, text("hello")))).toBe("hello");
  expect(begun).toBe(maxConcurrentStreams + 1);
  controller.abort();
  expect(new Set(await Promise.all(calls))).toEqual(new Set(["ended"]));
});

/** Says what it likes on a connection, and waits until the server has had enough of it. */
function abuse(path: string, ...frames: readonly Uint8Array[]): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const socket = connectNet({ path });
  socket.on("error", () => undefined);
  socket.once("close", () => resolve());
  socket.resume();
  socket.write(Buffer.concat([Buffer.from(preface), frame(FrameType.settings, 0, 0, new Uint8Array()), ...frames]));
  return promise;
}

test("a peer that opens more calls than it may loses its connection, and nothing of it stays", async () => {
  let begun = 0;
  const count = () => {
    begun += 1;
  };
  await using echoed = await servedEcho({ interceptors: [count] });
  const headers = callHeaders(echo.bidi.path);
  const calls = Array.from({ length: 1_000 }, (_, call) =>
    frame(FrameType.headers, FrameFlag.endHeaders, 2 * call + 1, headers),
  );
  await abuse(echoed.path, ...calls);
  expect(begun).toBeLessThanOrEqual(sessionSettings.maxConcurrentStreams);
  await eventually(() => echoed.server.activeCalls === 0);
  expect(textOf(await echoed.channel.unary(echo.unary, text("hello")))).toBe("hello");
});

test("a peer whose headers have no end loses its connection before a call begins", async () => {
  let begun = 0;
  const count = () => {
    begun += 1;
  };
  await using echoed = await servedEcho({ interceptors: [count] });
  const more = Buffer.concat(Array.from({ length: 100 }, (_, field) => literal(`x-${field}`, "y".repeat(100))));
  const endless = Array.from({ length: 100 }, () => frame(FrameType.continuation, 0, 1, more));
  await abuse(echoed.path, frame(FrameType.headers, 0, 1, callHeaders(echo.unary.path)), ...endless);
  expect(begun).toBe(0);
});

test("a request that is too large is refused while it comes, and its connection goes on", async () => {
  await using echoed = await servedEcho();
  const upload = echoed.channel.unary(echo.unary, { bytes: new Uint8Array(40_000_000) });
  expect(await upload.catch((thrown) => thrown.code)).toBe(Code.resourceExhausted);
  expect(textOf(await echoed.channel.unary(echo.unary, text("hello")))).toBe("hello");
});

test("large messages that nobody reads leave their connection open to other calls", async () => {
  await using echoed = await servedEcho();
  const paused = echoed.channel.serverStream(echo.serverStream, text("endless:20000000"))[Symbol.asyncIterator]();
  await paused.next();
  await settled(echoed.service.produced);
  const reply = await echoed.channel.unary(echo.unary, text("hello"), { timeoutMs: 15_000 });
  expect(textOf(reply)).toBe("hello");
  await paused.return?.();
});

test("a thousand calls one after another leave nothing behind", async () => {
  await using echoed = await servedEcho();
  for (let call = 0; call < 1_000; call += 1) await echoed.channel.unary(echo.unary, text("x"));
  expect(echoed.server.activeCalls).toBe(0);
});
