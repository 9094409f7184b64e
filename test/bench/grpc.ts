import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startApid } from "../../src/apid/server.ts";
import type { Channel } from "../../src/grpc/client/channel.ts";
import { connect } from "../../src/grpc/client/connect.ts";
import { implement } from "../../src/grpc/implement.ts";
import { createGrpcServer } from "../../src/grpc/server/server.ts";
import { createTestAuthority } from "../../src/grpc/testing/identities.ts";
import type { TlsIdentity } from "../../src/grpc/tls-identity.ts";
import { api, methods } from "../../src/proto/methods.ts";

/**
 * How fast calls are served, directly over a unix socket and through apid with mutual TLS: `bun test/bench/grpc.ts`.
 * Client, apid and machine are processes of their own, as in life. Judge the ratios: machines differ.
 */
const streams = 16;
const seconds = 3;
const chunkBytes = 32 * 1024;
const downloadBytes = 64 * 1024 * 1024;

const [role, directory = "", ...rest] = process.argv.slice(2);
const socket = () => join(directory, "machine.sock");

if (role === "machine") await serveMachine();
else if (role === "apid") await serveApid(JSON.parse(await Bun.stdin.text()));
else await compare();

async function serveMachine(): Promise<void> {
  const chunk = { bytes: new Uint8Array(chunkBytes) };
  const server = createGrpcServer({
    services: {
      "machine.MachineService/Hostname": implement(methods["machine.MachineService/Hostname"], async () => ({
        messages: [{ hostname: "node" }],
      })),
      "machine.MachineService/Read": implement(methods["machine.MachineService/Read"], async function* () {
        for (let sent = 0; sent < downloadBytes; sent += chunkBytes) yield chunk;
      }),
    },
  });
  await server.listenUnix(socket());
  console.log("0");
}

async function serveApid(identity: { server: TlsIdentity; client: TlsIdentity }): Promise<void> {
  const apid = await startApid({ identity, machineSocket: socket(), host: "127.0.0.1", port: 0 });
  console.log(String(apid.port));
}

interface Result {
  readonly callsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly megabytesPerSecond: number;
}

async function compare(): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), "bench-grpc-"));
  const authority = await createTestAuthority();
  const identity = { server: await authority.server(), client: await authority.client("os:impersonator") };
  const children = [start("machine", scratch, "")];
  try {
    await portOf(children[0]);
    const apid = start("apid", scratch, JSON.stringify(identity));
    children.push(apid);
    const port = await portOf(apid);
    const tls = await authority.client("os:admin");
    const direct = await measure(
      connect({ target: { unix: join(scratch, "machine.sock") }, metadata: { "talos-role": "os:admin" } }),
    );
    const routed = await measure(connect({ target: { host: "127.0.0.1", port, tls } }));
    const joined = await measure(
      connect({ target: { host: "127.0.0.1", port, tls }, metadata: { nodes: "127.0.0.1" } }),
    );
    show("direct, unix socket", direct, direct);
    show("apid, passed on", routed, direct);
    show("apid, joined (`nodes`)", joined, direct);
  } finally {
    for (const child of children) child.kill();
    await rm(scratch, { recursive: true });
  }
}

function start(name: string, scratch: string, input: string) {
  return Bun.spawn([process.execPath, import.meta.path, name, scratch, ...rest], {
    stdin: Buffer.from(input),
    stdout: "pipe",
    stderr: "inherit",
  });
}

/** The port that a child says when it listens. */
async function portOf(child: ReturnType<typeof start> | undefined): Promise<number> {
  for await (const chunk of child?.stdout ?? []) return Number(Buffer.from(chunk).toString());
  throw new Error("the server ended before it listened");
}

async function measure(channel: Channel): Promise<Result> {
  using _ = channel;
  const hostname = api("machine.MachineService/Hostname");
  const timesMs: number[] = [];
  const callUntil = async (endMs: number, times: number[]): Promise<void> => {
    while (performance.now() < endMs) {
      const startMs = performance.now();
      await channel.unary(hostname, {});
      times.push(performance.now() - startMs);
    }
  };
  await callUntil(performance.now() + 500, []);
  await callUntil(performance.now() + 1_000 * (seconds / 2), timesMs);
  const concurrent: number[] = [];
  const endMs = performance.now() + 1_000 * seconds;
  await Promise.all(Array.from({ length: streams }, () => callUntil(endMs, concurrent)));

  const startMs = performance.now();
  let received = 0;
  for await (const { bytes } of channel.serverStream(api("machine.MachineService/Read"), {})) received += bytes.length;
  timesMs.sort((a, b) => a - b);
  return {
    callsPerSecond: concurrent.length / seconds,
    p50Ms: timesMs[Math.floor(timesMs.length * 0.5)] ?? 0,
    p99Ms: timesMs[Math.floor(timesMs.length * 0.99)] ?? 0,
    megabytesPerSecond: received / 1_000 / (performance.now() - startMs),
  };
}

function show(name: string, result: Result, base: Result): void {
  const against = (key: keyof Result) => `×${(result[key] / base[key]).toFixed(2)}`;
  console.log(
    [
      name.padEnd(24),
      `${streams} streams ${result.callsPerSecond.toFixed(0)} calls/s ${against("callsPerSecond")}`,
      `1 stream p50 ${result.p50Ms.toFixed(3)} ms ${against("p50Ms")}, p99 ${result.p99Ms.toFixed(3)} ms`,
      `down ${result.megabytesPerSecond.toFixed(0)} MB/s ${against("megabytesPerSecond")}`,
    ].join("  "),
  );
}
