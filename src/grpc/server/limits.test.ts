import { expect, test } from "bun:test";
import { connect } from "../client/connect.ts";
import { sessionSettings } from "../http2/settings.ts";
import { echo, text, textOf } from "../testing/echo.ts";
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

test("a thousand calls one after another leave nothing behind", async () => {
  await using echoed = await servedEcho();
  for (let call = 0; call < 1_000; call += 1) await echoed.channel.unary(echo.unary, text("x"));
  expect(echoed.server.activeCalls).toBe(0);
});
