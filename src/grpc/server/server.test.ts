import { expect, test } from "bun:test";
import { Code, StatusError } from "../status.ts";
import { echo, text, textOf } from "../testing/echo.ts";
import { eventually, settled } from "../testing/eventually.ts";
import { servedEcho } from "../testing/served-echo.ts";

const collect = async <T>(items: AsyncIterable<T>): Promise<T[]> => Array.fromAsync(items);

async function failureOf(call: Promise<unknown>): Promise<StatusError> {
  const failure = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(failure instanceof StatusError)) throw new Error(`expected a status, got ${failure}`);
  return failure;
}

test("each kind of method carries its messages", async () => {
  await using echoed = await servedEcho();
  const { channel } = echoed;
  const three = async function* () {
    for (const word of ["a", "bb", "ccc"]) yield text(word);
  };
  expect(textOf(await channel.unary(echo.unary, text("hello")))).toBe("hello");
  expect((await collect(channel.serverStream(echo.serverStream, text("a,b,c")))).map(textOf)).toEqual(["a", "b", "c"]);
  expect(textOf(await channel.clientStream(echo.clientStream, three()))).toBe("6");
  expect((await collect(channel.bidi(echo.bidi, three()))).map(textOf)).toEqual(["a", "bb", "ccc"]);
});

test("a status reaches the client with its message whole", async () => {
  await using echoed = await servedEcho();
  const failure = await failureOf(echoed.channel.unary(echo.unary, text("fail:5:no „thing“ 100% here\n")));
  expect([failure.code, failure.message]).toEqual([Code.notFound, "no „thing“ 100% here\n"]);
});

test("a stream's status follows what it has sent", async () => {
  await using echoed = await servedEcho();
  const seen: string[] = [];
  const failure = await failureOf(
    (async () => {
      for await (const reply of echoed.channel.serverStream(echo.serverStream, text("a,b,fail:9:enough")))
        seen.push(textOf(reply));
    })(),
  );
  expect([seen, failure.code, failure.message]).toEqual([["a", "b"], Code.failedPrecondition, "enough"]);
});

test("a bug in a handler is Internal, and told to the log", async () => {
  const told: string[] = [];
  await using echoed = await servedEcho({ onError: (method, message) => told.push(`${method}: ${message}`) });
  expect((await failureOf(echoed.channel.unary(echo.unary, text("crash")))).code).toBe(Code.internal);
  expect(told).toEqual(["test.Echo/Unary: not a function"]);
});

test("a method that nobody serves is Unimplemented", async () => {
  await using echoed = await servedEcho();
  const failure = await failureOf(echoed.channel.unary({ ...echo.unary, path: "test.Echo/toString" }, text("")));
  expect([failure.code, failure.message]).toEqual([Code.unimplemented, "unknown method test.Echo/toString"]);
});

test("an interceptor that throws keeps the handler from running", async () => {
  await using echoed = await servedEcho({
    interceptors: [
      ({ metadata }) => {
        if (metadata.get("x-pass")?.[0] !== "yes") throw new StatusError(Code.permissionDenied, "not authorized");
      },
    ],
  });
  expect((await failureOf(echoed.channel.unary(echo.unary, text("a")))).code).toBe(Code.permissionDenied);
  const passed = await echoed.channel.unary(echo.unary, text("a"), { metadata: { "x-pass": "yes" } });
  expect(textOf(passed)).toBe("a");
});

test("a message over the limit is refused, one at the limit is not", async () => {
  await using echoed = await servedEcho({ limits: { messageBytes: 100_000 } });
  const bytes = (length: number) => ({ bytes: new Uint8Array(length) });
  expect((await failureOf(echoed.channel.unary(echo.unary, bytes(100_001)))).code).toBe(Code.resourceExhausted);
  const largest = 100_000 - 4; // a tag, and three bytes of length
  expect((await echoed.channel.unary(echo.unary, bytes(largest))).bytes.length).toBe(largest);
});

test("a reply of many megabytes arrives whole", async () => {
  await using echoed = await servedEcho();
  const bytes = crypto.getRandomValues(new Uint8Array(60_000));
  const large = Buffer.concat(Array.from({ length: 200 }, () => bytes));
  expect(Buffer.compare((await echoed.channel.unary(echo.unary, { bytes: large })).bytes, large)).toBe(0);
});

test("a deadline ends the call on both sides", async () => {
  await using echoed = await servedEcho();
  const failure = await failureOf(echoed.channel.unary(echo.unary, text("wait"), { timeoutMs: 30 }));
  expect(failure.code).toBe(Code.deadlineExceeded);
  await eventually(() => echoed.server.activeCalls === 0);
});

test("a call that the client cancels ends on the server", async () => {
  await using echoed = await servedEcho();
  const controller = new AbortController();
  const call = failureOf(echoed.channel.unary(echo.unary, text("wait"), { signal: controller.signal }));
  await echoed.service.waiting;
  controller.abort();
  expect((await call).code).toBe(Code.cancelled);
  await eventually(() => echoed.server.activeCalls === 0);
});

test("breaking out of a stream cancels it", async () => {
  await using echoed = await servedEcho();
  for await (const reply of echoed.channel.serverStream(echo.serverStream, text("endless:10"))) {
    expect(reply.bytes.length).toBe(10);
    break;
  }
  await eventually(() => echoed.server.activeCalls === 0);
});

test("a client that vanishes frees its calls", async () => {
  await using echoed = await servedEcho();
  const calls = [1, 2, 3].map(() => failureOf(echoed.channel.unary(echo.unary, text("wait"))));
  await echoed.service.waiting;
  echoed.channel.close();
  for (const call of calls)
    expect([Code.unavailable, Code.cancelled, Code.internal]).toContain<Code>((await call).code);
  await eventually(() => echoed.server.activeCalls === 0);
});

test("a slow reader holds the producer back", async () => {
  await using echoed = await servedEcho();
  const replies = echoed.channel.serverStream(echo.serverStream, text("endless:10000"))[Symbol.asyncIterator]();
  await replies.next();
  const produced = await settled(echoed.service.produced);
  expect(produced).toBeLessThan(1_000); // ten megabytes; both windows and buffers are far less
  await replies.return?.();
});

test("closing the server ends its calls as Unavailable", async () => {
  await using echoed = await servedEcho();
  const call = failureOf(echoed.channel.unary(echo.unary, text("wait")));
  await echoed.service.waiting;
  await echoed.server.close();
  expect((await call).code).toBe(Code.unavailable);
});
