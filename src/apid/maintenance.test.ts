import { afterAll, expect, test } from "bun:test";
import { connect } from "../grpc/client/connect.ts";
import { implement } from "../grpc/implement.ts";
import { createGrpcServer } from "../grpc/server/server.ts";
import { Code } from "../grpc/status.ts";
import { failureOf } from "../grpc/testing/failure-of.ts";
import { createTestAuthority } from "../grpc/testing/identities.ts";
import { socketPath } from "../grpc/testing/socket-path.ts";
import { api, methods } from "../proto/methods.ts";
import type { MaintenanceLimits } from "./maintenance-router.ts";
import { openMaintenanceDoor } from "./maintenance-server.ts";

const resources = new AsyncDisposableStack();
afterAll(() => resources.disposeAsync());
const socket = resources.use(socketPath());
let received = 0;
let arrived = Promise.withResolvers<void>();
let release = Promise.withResolvers<void>();
const machine = resources.use(
  createGrpcServer({
    services: {
      "machine.MachineService/ApplyConfiguration": implement(
        methods["machine.MachineService/ApplyConfiguration"],
        async ({ data }) => {
          received += data.length;
          arrived.resolve();
          await release.promise;
          return { messages: [{}] };
        },
      ),
      "cosi.resource.State/Get": implement(methods["cosi.resource.State/Get"], async () => ({})),
    },
  }),
);
await machine.listenUnix(socket.path);
const apply = api("machine.MachineService/ApplyConfiguration");
const get = api("cosi.resource.State/Get");

async function door(limits: Partial<MaintenanceLimits>) {
  const rate = { burst: 100, intervalMs: 1, peers: 10 };
  const sizes = { configBytes: 10_000, requestBytes: 1_000 };
  const all = { calls: 10, configCalls: 10, ...sizes, rate, configRate: rate, ...limits };
  const identity = await (await createTestAuthority()).server();
  const opened = await openMaintenanceDoor({
    machineSocket: socket.path,
    identity,
    host: "127.0.0.1",
    port: 0,
    limits: all,
  });
  const channel = connect({ target: { host: "127.0.0.1", port: opened.port, tls: {} } });
  return {
    channel,
    port: opened.port,
    async [Symbol.asyncDispose]() {
      channel.close();
      await opened[Symbol.asyncDispose]();
    },
  };
}

test("a request longer than a config is refused, and does not reach the machine", async () => {
  await using opened = await door({});
  release.resolve();
  received = 0;
  expect(await failureOf(opened.channel.unary(apply, { data: Buffer.alloc(200_000) }))).toEqual([
    Code.resourceExhausted,
    "The request is over 10000 bytes",
  ]);
  const [code] = await failureOf(opened.channel.unary(get, { id: "x".repeat(2_000) }));
  expect(code).toBe(Code.resourceExhausted);
  expect(received).toBe(0);
  await opened.channel.unary(apply, { data: Buffer.alloc(9_000) });
  expect(received).toBe(9_000);
});

test("few configs are taken in at a time", async () => {
  await using opened = await door({ configCalls: 1 });
  arrived = Promise.withResolvers();
  release = Promise.withResolvers();
  const first = opened.channel.unary(apply, { data: Buffer.alloc(1) });
  await arrived.promise;
  expect((await failureOf(opened.channel.unary(apply, { data: Buffer.alloc(1) })))[0]).toBe(Code.resourceExhausted);
  await opened.channel.unary(get, {});
  release.resolve();
  expect((await first).messages).toHaveLength(1);
});

test("an address that calls too often is told to wait", async () => {
  await using opened = await door({ rate: { burst: 3, intervalMs: 60_000, peers: 10 } });
  for (let call = 0; call < 3; call += 1) await opened.channel.unary(get, {});
  expect(await failureOf(opened.channel.unary(get, {}))).toEqual([
    Code.resourceExhausted,
    "Cannot take the call in: this address calls too often; try again later",
  ]);
});

test("an address that brings configs too often is told to wait, and may still look", async () => {
  await using opened = await door({ configRate: { burst: 1, intervalMs: 60_000, peers: 10 } });
  release.resolve();
  await opened.channel.unary(apply, {});
  expect((await failureOf(opened.channel.unary(apply, {})))[0]).toBe(Code.resourceExhausted);
  await opened.channel.unary(get, {});
});

test("no address can hold all connections, and those that end make room", async () => {
  await using opened = await door({});
  const at = { host: "127.0.0.1", port: opened.port, tls: {} };
  const channels = Array.from({ length: 16 }, () => connect({ target: at }));
  await Promise.all(channels.map((channel) => channel.unary(get, {})));
  using late = connect({ target: at });
  const [code] = await failureOf(late.unary(get, {}, { timeoutMs: 5_000 }));
  expect([Code.unavailable, Code.deadlineExceeded]).toContain<Code>(code);
  for (const channel of channels) channel.close();
  const answered = async () => (await late.unary(get, {}, { timeoutMs: 1_000 }).catch(() => undefined)) !== undefined;
  let attempts = 0;
  while (!(await answered()) && attempts < 50) attempts += 1;
  expect(attempts).toBeLessThan(50);
});
