import { Balancer } from "../../src/net/balancer/balancer.ts";
import { percentile, type Report } from "./report.ts";

/**
 * What KubePrism costs: connections and round trips through it against direct ones, and its throughput. Server and
 * balancer are processes of their own, as in life; client, server and balancer share the host's processors.
 */
const roundTrips = 5_000;
const connections = 1_000;
const transferBytes = 1 << 30;
const chunk = new Uint8Array(256 << 10);

const [role, argument] = import.meta.main ? process.argv.slice(2) : [];
if (role === "server") listen();
if (role === "balancer") balance(Number(argument));

/** Echoes short messages, and takes in long ones. */
function listen(): void {
  const server = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      open: (socket) => void socket.setNoDelay(true),
      data: (socket, bytes) => void (bytes.length === 1 && socket.write(bytes)),
      end: (socket) => void socket.end(),
    },
  });
  console.log(server.port);
}

function balance(port: number): void {
  const balancer = new Balancer({ host: "127.0.0.1", port: 0, targets: [{ host: "localhost", port }] });
  console.log(balancer.port);
}

interface Costs {
  readonly roundTripMicroseconds: number;
  readonly connectionMicroseconds: number;
  readonly megabytesPerSecond: number;
}

export async function kubePrismReport(): Promise<Report> {
  const server = await start("server");
  const balancer = await start("balancer", String(server.port));
  try {
    const direct = await measure(server.port);
    const through = await measure(balancer.port);
    return {
      title: "KubePrism: through it, and of the direct way",
      figures: [
        {
          name: "round trip",
          value: through.roundTripMicroseconds,
          unit: "µs",
          goal: Math.round(2.5 * direct.roundTripMicroseconds),
        },
        { name: "  direct", value: direct.roundTripMicroseconds, unit: "µs" },
        { name: "connection and answer", value: through.connectionMicroseconds, unit: "µs" },
        { name: "  direct", value: direct.connectionMicroseconds, unit: "µs" },
        { name: "throughput", value: through.megabytesPerSecond, unit: "MB/s" },
        { name: "  of direct", value: (100 * through.megabytesPerSecond) / direct.megabytesPerSecond, unit: "%" },
      ],
    };
  } finally {
    balancer.child.kill();
    server.child.kill();
  }
}

async function start(...args: readonly string[]) {
  const child = Bun.spawn([process.execPath, import.meta.path, ...args], { stdout: "pipe", stderr: "inherit" });
  for await (const bytes of child.stdout) return { child, port: Number(Buffer.from(bytes).toString()) };
  throw new Error(`Cannot measure: the ${args[0]} ended before it listened`);
}

async function measure(port: number): Promise<Costs> {
  return {
    roundTripMicroseconds: await roundTrip(port),
    connectionMicroseconds: await connectionAndAnswer(port),
    megabytesPerSecond: await transfer(port),
  };
}

/** Median. */
async function roundTrip(port: number): Promise<number> {
  const times: number[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  let startMs = 0;
  const ask = (socket: Bun.Socket) => {
    startMs = performance.now();
    socket.write("x");
  };
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port,
    socket: {
      data: (self) => {
        times.push(performance.now() - startMs);
        if (times.length < roundTrips) ask(self);
        else resolve();
      },
    },
  });
  socket.setNoDelay(true);
  ask(socket);
  await promise;
  socket.end();
  return 1_000 * percentile(times, 0.5);
}

/** Median. */
async function connectionAndAnswer(port: number): Promise<number> {
  const times: number[] = [];
  for (let count = 0; count < connections; count++) {
    const startMs = performance.now();
    const { promise, resolve } = Promise.withResolvers<void>();
    const socket = await Bun.connect({ hostname: "127.0.0.1", port, socket: { data: () => resolve() } });
    socket.write("x");
    await promise;
    times.push(performance.now() - startMs);
    socket.end();
  }
  return 1_000 * percentile(times, 0.5);
}

async function transfer(port: number): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let left = transferBytes;
  const send = (socket: Bun.Socket) => {
    while (left > 0) {
      const part = chunk.subarray(0, Math.min(left, chunk.length));
      const written = Math.max(0, socket.write(part));
      left -= written;
      if (written < part.length) return;
    }
    socket.shutdown();
  };
  const startMs = performance.now();
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port,
    allowHalfOpen: true,
    socket: { data: () => undefined, drain: send, close: () => resolve() },
  });
  send(socket);
  await promise;
  return transferBytes / 1_000 / (performance.now() - startMs);
}
