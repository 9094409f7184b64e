import { expect, test } from "bun:test";
import * as grpc from "@grpc/grpc-js";
import { connect } from "./client/connect.ts";
import { Code, StatusError } from "./status.ts";
import { echo, text, textOf } from "./testing/echo.ts";
import { servedEcho } from "./testing/served-echo.ts";
import { socketPath } from "./testing/socket-path.ts";

/** The other implementation at hand judges ours: its client calls our server, and our client its server. */
const { encode, decode } = echo.unary.request;
const serialize = (value: Parameters<typeof encode>[0]): Buffer => Buffer.from(encode(value).finish());
const deserialize = (bytes: Buffer) => decode(bytes);

test("another client's calls are served, their status and trailers told", async () => {
  await using echoed = await servedEcho();
  const client = new grpc.Client(`unix:${echoed.path}`, grpc.credentials.createInsecure());
  const ask = (value: string, metadata = new grpc.Metadata()) => {
    const { promise, resolve } = Promise.withResolvers<string>();
    let outcome = "";
    client
      .makeUnaryRequest(`/${echo.unary.path}`, serialize, deserialize, text(value), metadata, (error, reply) => {
        outcome = reply === undefined ? `${error?.code} ${error?.details}` : textOf(reply);
      })
      .on("status", (status) => resolve(outcome + status.metadata.get("x-answer").join()));
    return promise;
  };
  expect(await ask("hello")).toBe("hello");
  expect(await ask("fail:9:„no“ 100%")).toBe("9 „no“ 100%");

  const asking = new grpc.Metadata();
  asking.add("x-ask", "one");
  expect(await ask("hello ", asking)).toBe("hello one");

  const stream = client.makeServerStreamRequest(`/${echo.serverStream.path}`, serialize, deserialize, text("a,b,c"));
  expect((await Array.fromAsync<Parameters<typeof textOf>[0]>(stream)).map(textOf)).toEqual(["a", "b", "c"]);
  client.close();
});

test("another server is called, its status and deadline understood", async () => {
  using socket = socketPath();
  const server = new grpc.Server();
  const definition = {
    requestStream: false,
    requestSerialize: serialize,
    requestDeserialize: deserialize,
    responseSerialize: serialize,
    responseDeserialize: deserialize,
  };
  server.addService(
    {
      unary: { ...definition, path: `/${echo.unary.path}`, responseStream: false },
      stream: { ...definition, path: `/${echo.serverStream.path}`, responseStream: true },
    },
    {
      unary: (call: grpc.ServerUnaryCall<unknown, unknown>, answer: grpc.sendUnaryData<unknown>) => {
        if (call.metadata.get("x-fail").length > 0) answer({ code: Code.notFound, details: "„none“" });
        else if (call.metadata.get("x-wait").length === 0) answer(null, call.request);
      },
      stream: (call: grpc.ServerWritableStream<unknown, unknown>) => {
        for (let part = 0; part < 100; part += 1) call.write({ bytes: Buffer.alloc(50_000) });
        call.end();
      },
    },
  );
  const bound = Promise.withResolvers<void>();
  server.bindAsync(`unix:${socket.path}`, grpc.ServerCredentials.createInsecure(), () => bound.resolve());
  await bound.promise;

  using channel = connect({ target: { unix: socket.path } });
  const failure = (metadata: Record<string, string>) =>
    channel.unary(echo.unary, text("x"), { metadata, timeoutMs: 300 }).then(
      () => undefined,
      (thrown: unknown) => (thrown instanceof StatusError ? [thrown.code, thrown.message] : thrown),
    );
  expect(textOf(await channel.unary(echo.unary, text("hello")))).toBe("hello");
  expect(await failure({ "x-fail": "1" })).toEqual([Code.notFound, "„none“"]);
  expect(await failure({ "x-wait": "1" })).toEqual([Code.deadlineExceeded, "No answer within 300 ms"]);
  let received = 0;
  for await (const { bytes } of channel.serverStream(echo.serverStream, text(""))) received += bytes.length;
  expect(received).toBe(5_000_000);
  server.forceShutdown();
});
