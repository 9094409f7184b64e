import { expect, test } from "bun:test";
import { echo, text, textOf } from "../testing/echo.ts";
import { servedEcho } from "../testing/served-echo.ts";

const megabyte = new Uint8Array(1_000_000);

/** Bun 1.4.5 stops receiving when a connection's window is wider than two of its streams' windows. */
test("many times the window's size goes up one stream", async () => {
  await using echoed = await servedEcho();
  const upload = async function* () {
    for (let part = 0; part < 20; part += 1) yield { bytes: megabyte };
  };
  const reply = await echoed.channel.clientStream(echo.clientStream, upload(), { timeoutMs: 15_000 });
  expect(textOf(reply)).toBe("20000000");
});

test("a stream that nobody reads leaves room for the others of its connection", async () => {
  await using echoed = await servedEcho();
  const options = { timeoutMs: 15_000 };
  const paused = echoed.channel.serverStream(echo.serverStream, text("endless:100000"))[Symbol.asyncIterator]();
  await paused.next();
  let received = 0;
  for await (const { bytes } of echoed.channel.serverStream(echo.serverStream, text("endless:100000"), options)) {
    received += bytes.length;
    if (received > 20_000_000) break;
  }
  expect(received).toBeGreaterThan(20_000_000);
  await paused.return?.();
});
