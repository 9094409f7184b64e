import { afterAll, beforeAll, expect, test } from "bun:test";
import { authorize, claimedRoles } from "../grpc/authorize.ts";
import type { Channel } from "../grpc/client/channel.ts";
import { connect } from "../grpc/client/connect.ts";
import { implement } from "../grpc/implement.ts";
import { createGrpcServer, type GrpcServer } from "../grpc/server/server.ts";
import { Code, StatusError } from "../grpc/status.ts";
import { aborted } from "../grpc/testing/echo.ts";
import { eventually, settled } from "../grpc/testing/eventually.ts";
import { failureOf } from "../grpc/testing/failure-of.ts";
import { createTestAuthority } from "../grpc/testing/identities.ts";
import { socketPath } from "../grpc/testing/socket-path.ts";
import { api, methods } from "../proto/methods.ts";
import { type Apid, startApid } from "./server.ts";

/**
 * Three machines on the loopback, each an apid before a machined of few methods. The first address is this machine's
 * own, the others are other nodes to it.
 */
const addresses = ["127.0.0.1", "127.0.0.2", "127.0.0.3"] as const;
const authority = await createTestAuthority();
const resources = new AsyncDisposableStack();
const apids: Apid[] = [];
const machines: GrpcServer[] = [];
/** Messages that the machines have made of the endless log. */
let produced = 0;
let seen: { address: string; roles: string[]; metadata: string[] }[] = [];

function machine(address: string): GrpcServer {
  return createGrpcServer({
    interceptors: [
      authorize,
      ({ metadata }) => {
        seen.push({ address, roles: [...claimedRoles(metadata)], metadata: [...metadata.keys()] });
      },
    ],
    services: {
      "machine.MachineService/Hostname": implement(methods["machine.MachineService/Hostname"], async () => ({
        messages: [{ hostname: address }],
      })),
      "machine.MachineService/Logs": implement(methods["machine.MachineService/Logs"], async function* (request, call) {
        if (request.id === "missing") throw new StatusError(Code.notFound, `log "missing" was not registered`);
        while (request.id === "endless" && !call.signal.aborted) {
          produced += 1;
          yield { bytes: new Uint8Array(30_000) };
        }
        const lines = request.id === "long" ? 3_000 : 3;
        for (let line = 0; line < lines; line += 1) yield { bytes: Buffer.alloc(line < 3 ? 1 : 10_000, String(line)) };
        if (request.follow) await aborted(call.signal);
      }),
      "machine.MachineService/ApplyConfiguration": implement(
        methods["machine.MachineService/ApplyConfiguration"],
        async ({ data }) => ({ messages: [{ mode_details: String(data.length) }] }),
      ),
      "machine.MachineService/Reboot": implement(methods["machine.MachineService/Reboot"], async () => ({
        messages: [{}],
      })),
      "machine.MachineService/EtcdRecover": implement(
        methods["machine.MachineService/EtcdRecover"],
        async (requests) => {
          let size = 0;
          for await (const { bytes } of requests) size += bytes.length;
          return { messages: [{ metadata: { error: String(size) } }] };
        },
      ),
      "cosi.resource.State/Get": implement(methods["cosi.resource.State/Get"], async ({ id }) => ({
        resource: { metadata: { id } },
      })),
    },
  });
}

beforeAll(async () => {
  for (const host of addresses) {
    const socket = resources.use(socketPath());
    const server = resources.use(machine(host));
    await server.listenUnix(socket.path);
    const identity = { server: await authority.server(), client: await authority.client("os:impersonator") };
    const port = apids[0]?.port ?? 0;
    apids.push(resources.use(await startApid({ identity, machineSocket: socket.path, host, port })));
    machines.push(server);
  }
});

afterAll(() => resources.disposeAsync());

/** A client of the first machine's apid with these roles. */
async function client(...roles: readonly string[]): Promise<Channel> {
  seen = [];
  return connect({ target: { host: "127.0.0.1", port: apids[0]?.port ?? 0, tls: await authority.client(...roles) } });
}

const hostname = api("machine.MachineService/Hostname");
const logs = api("machine.MachineService/Logs");
const reboot = api("machine.MachineService/Reboot");

test("a call without a destination goes to this machine, with the caller's roles", async () => {
  using channel = await client("os:reader", "some:other");
  const { messages } = await channel.unary(hostname, {}, { metadata: { "talos-role": "os:admin", "x-trace": "7" } });
  expect(messages.map((message) => [message.hostname, message.metadata])).toEqual([["127.0.0.1", null]]);
  expect(seen.map(({ roles }) => roles)).toEqual([["os:reader"]]);
  expect(seen[0]?.metadata).toContain("x-trace");
});

test("a role that may not call is refused before anything is forwarded", async () => {
  using channel = await client("os:reader");
  expect(await failureOf(channel.unary(reboot, {}))).toEqual([Code.permissionDenied, "not authorized"]);
  expect(await failureOf(channel.unary({ ...reboot, path: "machine.MachineService/New" }, {}))).toEqual([
    Code.permissionDenied,
    "not authorized",
  ]);
  expect(seen).toEqual([]);
});

test("a server's certificate gives no role", async () => {
  const { port } = apids[0] ?? { port: 0 };
  using channel = connect({ target: { host: "127.0.0.1", port, tls: await authority.server() } });
  const [code] = await failureOf(channel.unary(hostname, {}));
  expect([Code.permissionDenied, Code.unavailable]).toContain<Code>(code);
});

test("`node` sends the call to that node as it is, with the user's roles", async () => {
  using channel = await client("os:operator");
  const reply = await channel.unary(hostname, {}, { metadata: { node: "127.0.0.2" } });
  expect(reply.messages.map((message) => [message.hostname, message.metadata])).toEqual([["127.0.0.2", null]]);
  expect(seen.map(({ address, roles }) => [address, roles])).toEqual([["127.0.0.2", ["os:operator"]]]);
});

test("`node` must name one node", async () => {
  using channel = await client("os:admin");
  const call = channel.unary(hostname, {}, { metadata: { node: ["127.0.0.2", "127.0.0.3"] } });
  expect(await failureOf(call)).toEqual([Code.invalidArgument, "node metadata must be single-valued"]);
});

test("`nodes` joins the answers in order, each with its node's name", async () => {
  using channel = await client("os:reader");
  const { messages } = await channel.unary(hostname, {}, { metadata: { nodes: [...addresses] } });
  expect(messages.map(({ hostname, metadata }) => [hostname, metadata?.hostname])).toEqual(
    addresses.map((address) => [address, address]),
  );
});

test("a node that cannot be reached is an element among the answers", async () => {
  using channel = await client("os:reader");
  const { messages } = await channel.unary(hostname, {}, { metadata: { nodes: ["127.0.0.9", "127.0.0.3"] } });
  const [failed, answered] = messages;
  expect([failed?.metadata?.hostname, failed?.metadata?.status?.code]).toEqual(["127.0.0.9", Code.unavailable]);
  expect(failed?.metadata?.error).toStartWith("rpc error: code = Unavailable desc = Cannot reach 127.0.0.9:");
  expect([answered?.hostname, answered?.metadata?.error]).toEqual(["127.0.0.3", ""]);
});

test("streams of several nodes mix, and a failing one says so in its own frame", async () => {
  using channel = await client("os:reader");
  const frames = await Array.fromAsync(
    channel.serverStream(logs, { id: "x" }, { metadata: { nodes: [...addresses] } }),
  );
  for (const address of addresses) {
    const own = frames.filter(({ metadata }) => metadata?.hostname === address);
    expect(own.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(["0", "1", "2"]);
  }
  const [missing] = await Array.fromAsync(
    channel.serverStream(logs, { id: "missing" }, { metadata: { nodes: "127.0.0.2" } }),
  );
  expect(missing?.metadata?.error).toBe('rpc error: code = NotFound desc = log "missing" was not registered');
});

test("a status of the machine passes through as it is", async () => {
  using channel = await client("os:reader");
  const call = Array.fromAsync(channel.serverStream(logs, { id: "missing" }, { metadata: { node: "127.0.0.2" } }));
  expect(await failureOf(call)).toEqual([Code.notFound, 'log "missing" was not registered']);
});

test("a long stream arrives whole at a slow reader, through both hops", async () => {
  using channel = await client("os:reader");
  for (const metadata of [{}, { node: "127.0.0.2" }, { nodes: "127.0.0.2" }]) {
    let size = 0;
    for await (const { bytes } of channel.serverStream(logs, { id: "long" }, { metadata })) {
      size += bytes.length;
      await Promise.resolve();
    }
    expect(size).toBe(3 + 2_997 * 10_000);
  }
});

test("a reader that stops reading stops the machine's log, not its memory, and nobody else", async () => {
  for (const metadata of [{}, { node: "127.0.0.2" }, { nodes: "127.0.0.2" }]) {
    using channel = await client("os:reader");
    produced = 0;
    const paused = channel.serverStream(logs, { id: "endless" }, { metadata })[Symbol.asyncIterator]();
    await paused.next();
    // Each of the hops holds its window of 1 MiB and some buffers.
    expect((await settled(() => produced)) * 30_000).toBeLessThan(10_000_000);
    expect((await channel.unary(hostname, {}, { metadata, timeoutMs: 15_000 })).messages).toHaveLength(1);
    await paused.return?.();
    await eventually(() => machines.every(({ activeCalls }) => activeCalls === 0));
  }
});

test("a stream of requests goes through, to one node at a time", async () => {
  using channel = await client("os:admin");
  const recover = api("machine.MachineService/EtcdRecover");
  const snapshot = async function* () {
    for (let part = 0; part < 100; part += 1) yield { bytes: new Uint8Array(30_000) };
  };
  for (const metadata of [{}, { node: "127.0.0.2" }, { nodes: "127.0.0.2" }]) {
    const { messages } = await channel.clientStream(recover, snapshot(), { metadata });
    expect(messages[0]?.metadata?.error).toBe("3000000");
  }
  const both = channel.clientStream(recover, snapshot(), { metadata: { nodes: ["127.0.0.2", "127.0.0.3"] } });
  expect((await failureOf(both))[0]).toBe(Code.invalidArgument);
});

test("requests of up to 32 MiB pass, and larger ones are refused, however they are addressed", async () => {
  using channel = await client("os:admin");
  const apply = api("machine.MachineService/ApplyConfiguration");
  const [largest, framing] = [32 * 1024 * 1024, 5]; // the field's tag and length
  for (const metadata of [{}, { node: "127.0.0.2" }, { nodes: "127.0.0.2" }]) {
    const { messages } = await channel.unary(apply, { data: new Uint8Array(largest - framing) }, { metadata });
    expect(messages[0]?.mode_details).toBe(String(largest - framing));
    const tooLarge = channel.unary(apply, { data: new Uint8Array(largest) }, { metadata });
    expect(await failureOf(tooLarge)).toEqual([
      Code.resourceExhausted,
      `Cannot receive a message of ${largest + framing} bytes: the limit is ${largest}`,
    ]);
  }
  // And the connection goes on.
  expect((await channel.unary(hostname, {})).messages[0]?.hostname).toBe("127.0.0.1");
});

test("resources are of one node at a time", async () => {
  using channel = await client("os:reader");
  const get = api("cosi.resource.State/Get");
  const call = channel.unary(get, { id: "x" }, { metadata: { nodes: "127.0.0.2" } });
  expect(await failureOf(call)).toEqual([
    Code.invalidArgument,
    "one-2-many proxying is not supported for method /cosi.resource.State/Get",
  ]);
  expect((await channel.unary(get, { id: "x" }, { metadata: { node: "127.0.0.2" } })).resource?.metadata?.id).toBe("x");
});

test("a client that goes ends its calls on every machine", async () => {
  const channel = await client("os:reader");
  const follow = (metadata: Record<string, string | string[]>) =>
    Array.fromAsync(channel.serverStream(logs, { id: "x", follow: true }, { metadata })).catch(() => undefined);
  const calls = [follow({}), follow({ node: "127.0.0.2" }), follow({ nodes: [...addresses] })];
  await eventually(() => machines.reduce((sum, { activeCalls }) => sum + activeCalls, 0) === 5);
  channel.close();
  await Promise.all(calls);
  await eventually(() => machines.every(({ activeCalls }) => activeCalls === 0));
  expect(machines.map(({ activeCalls }) => activeCalls)).toEqual([0, 0, 0]);
});

test("a node without a client certificate forwards nothing", async () => {
  const socket = resources.use(socketPath());
  await resources.use(machine("worker")).listenUnix(socket.path);
  const identity = { server: await authority.server(), client: undefined };
  await using worker = await startApid({ identity, machineSocket: socket.path, host: "127.0.0.1", port: 0 });
  using channel = connect({
    target: { host: "127.0.0.1", port: worker.port, tls: await authority.client("os:admin") },
  });
  const call = channel.unary(hostname, {}, { metadata: { node: "127.0.0.2" } });
  expect(await failureOf(call)).toEqual([Code.permissionDenied, "no request forwarding"]);
  const own = await channel.unary(hostname, {}, { metadata: { node: "127.0.0.1" } });
  expect(own.messages[0]?.hostname).toBe("worker");
});
