import { expect, test } from "bun:test";
import { createHash, randomBytes } from "node:crypto";
import { readdirSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { buffer } from "node:stream/consumers";
import fc from "fast-check";
import { eventually } from "../../../test/support/eventually.ts";
import { freePorts } from "../../../test/support/free-ports.ts";
import { pause } from "../../async/pause.ts";
import { Balancer } from "./balancer.ts";
import type { Target } from "./target.ts";

const quick = {
  probeIntervalMs: 50,
  firstProbeIntervalMs: 5,
  timeoutMs: 2_000,
  hopelessTimeoutMs: 200,
  headStartMs: 20,
};

interface TestServer extends AsyncDisposable {
  readonly target: Target;
  readonly accepted: () => number;
}

/** Probes say nothing; `serve` sees them too. */
async function serverOn(port: number, serve: (socket: Socket) => void): Promise<TestServer> {
  const open = new Set<Socket>();
  let accepted = 0;
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on("error", () => undefined);
    socket.on("close", () => open.delete(socket));
    socket.once("data", () => {
      accepted += 1;
    });
    open.add(socket);
    serve(socket);
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    target: { host: "127.0.0.1", port: address.port },
    accepted: () => accepted,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const naming = (name: string) => (socket: Socket) => void socket.on("data", () => socket.end(name));
const echo = (socket: Socket) => void socket.pipe(socket);

/** Says a word, and returns all that is answered; `broken` when the connection breaks. */
async function ask(port: number, word = "who"): Promise<string> {
  const socket = connect({ port, host: "127.0.0.1" });
  socket.write(word);
  return buffer(socket).then(
    (answer) => answer.toString(),
    () => "broken",
  );
}

const balance = (targets: readonly Target[], limit = 2_048) =>
  new Balancer({ host: "127.0.0.1", port: 0, targets, limit, timings: quick });

const unused = (): Target => ({ host: "127.0.0.1", port: freePorts(1)[0] ?? 0 });

test("clients are spread over the servers that answer", async () => {
  await using left = await serverOn(0, naming("left"));
  await using right = await serverOn(0, naming("right"));
  await using balancer = balance([left.target, unused(), right.target]);
  const answers = await Promise.all(Array.from({ length: 20 }, () => ask(balancer.port)));
  expect(answers.toSorted()).toEqual([...Array(10).fill("left"), ...Array(10).fill("right")]);
});

test("this machine's own server is preferred while it answers", async () => {
  await using other = await serverOn(0, naming("other"));
  const own = await serverOn(0, naming("own"));
  await using balancer = balance([other.target, { host: "localhost", port: own.target.port }]);
  await eventually(
    async () => balancer.healthy,
    (healthy) => healthy === true,
    { intervalMs: 5 },
  );
  await eventually(
    () => ask(balancer.port),
    (name) => name === "own",
    { intervalMs: 5 },
  );
  for (let count = 0; count < 5; count++) expect(await ask(balancer.port)).toBe("own");
  await own[Symbol.asyncDispose]();
  expect(await ask(balancer.port)).toBe("other");
});

test("a client comes through as soon as a server listens, whatever was known of it", async () => {
  const { port } = unused();
  await using balancer = new Balancer({
    host: "127.0.0.1",
    port: 0,
    targets: [{ host: "127.0.0.1", port }],
    timings: { ...quick, firstProbeIntervalMs: 60_000, probeIntervalMs: 60_000 },
  });
  await eventually(
    async () => balancer.healthy,
    (healthy) => healthy === false,
    { intervalMs: 1 },
  );
  expect(await ask(balancer.port)).toBe("broken");
  await using _ = await serverOn(port, naming("late"));
  expect(await ask(balancer.port)).toBe("late");
  expect(balancer.healthy).toBe(true);
});

test("a connection without a server is closed at once", async () => {
  await using balancer = balance([unused()]);
  const startedMs = performance.now();
  expect(await ask(balancer.port)).toBe("broken");
  expect(performance.now() - startedMs).toBeLessThan(1_000);
  await eventually(
    async () => balancer.clients,
    (clients) => clients === 0,
    { intervalMs: 5 },
  );
});

test("a client of a server that starts is held until it is ready, but not for ever", async () => {
  await using server = await serverOn(0, naming("ready"));
  let starting = true;
  await using balancer = new Balancer({
    ...{ host: "127.0.0.1", port: 0, targets: [server.target] },
    readiness: async () => (starting ? "starting" : "ready"),
    timings: { ...quick, pollMs: 5, holdMs: 300 },
  });
  const answers: string[] = [];
  const asking = [1, 2, 3].map(() => ask(balancer.port).then((answer) => answers.push(answer)));
  await eventually(
    async () => balancer.clients,
    (clients) => clients === 3,
    { intervalMs: 1 },
  );
  expect(answers).toEqual([]);
  expect(balancer.healthy).not.toBe(true);
  starting = false;
  await Promise.all(asking);
  expect(answers).toEqual(["ready", "ready", "ready"]);
  expect(balancer.healthy).toBe(true);

  starting = true;
  await eventually(
    async () => balancer.healthy,
    (healthy) => healthy === false,
    { intervalMs: 5 },
  );
  expect(await ask(balancer.port)).toBe("ready");
  // It was let through; that does not make it ready.
  expect(balancer.healthy).toBe(false);
});

test("a server that was ready and is too busy to say so keeps its clients", async () => {
  await using server = await serverOn(0, naming("busy"));
  let asked = 0;
  await using balancer = new Balancer({
    ...{ host: "127.0.0.1", port: 0, targets: [server.target] },
    readiness: async () => (++asked === 2 ? "ready" : "silent"),
    timings: { ...quick, holdMs: 60_000 },
  });
  const often = (count: number) => count >= 5;
  await eventually(async () => asked, often, { intervalMs: 5 });
  expect(balancer.healthy).toBe(true);
  expect(await ask(balancer.port)).toBe("busy");
});

test("servers come and go; clients stay with theirs", async () => {
  await using first = await serverOn(0, echo);
  await using second = await serverOn(0, naming("second"));
  await using balancer = balance([first.target]);
  const client = connect({ port: balancer.port, host: "127.0.0.1" });
  client.write("a");
  await new Promise((resolve) => client.once("data", resolve));
  balancer.targets = [second.target];
  expect(await ask(balancer.port)).toBe("second");
  client.end("b");
  expect((await buffer(client)).toString()).toBe("b");
});

test("more clients than the limit are sent away", async () => {
  await using server = await serverOn(0, echo);
  await using balancer = balance([server.target], 1);
  const client = connect({ port: balancer.port, host: "127.0.0.1" });
  client.write("a");
  await new Promise((resolve) => client.once("data", resolve));
  expect(await ask(balancer.port)).not.toBe("who");
  client.destroy();
  await eventually(
    async () => balancer.clients,
    (clients) => clients === 0,
    { intervalMs: 5 },
  );
});

test("a side that has said everything still hears the answer", async () => {
  await using server = await serverOn(0, (socket) => {
    let heard = 0;
    socket.on("data", (chunk) => {
      heard += chunk.length;
    });
    socket.on("end", () => socket.end(`heard ${heard}`));
  });
  await using balancer = balance([server.target]);
  const client = connect({ port: balancer.port, host: "127.0.0.1", allowHalfOpen: true });
  client.end("word");
  expect((await buffer(client)).toString()).toBe("heard 4");
});

test("a server that breaks the connection breaks the client's", async () => {
  await using server = await serverOn(0, (socket) => void socket.once("data", () => socket.resetAndDestroy()));
  await using balancer = balance([server.target]);
  expect(await ask(balancer.port)).toBe("broken");
  await eventually(
    async () => balancer.clients,
    (clients) => clients === 0,
    { intervalMs: 5 },
  );
});

test("bytes arrive whole and in order, however slowly they are read", async () => {
  await using server = await serverOn(0, echo);
  await using balancer = balance([server.target]);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 1_000_000 }), { maxLength: 8 }),
      fc.integer({ min: 0, max: 3 }),
      async (lengths, delayMs) => {
        const chunks = lengths.map((length) => randomBytes(length));
        const client = connect({ port: balancer.port, host: "127.0.0.1", allowHalfOpen: true });
        for (const chunk of chunks) client.write(chunk);
        client.end();
        const hash = createHash("sha256");
        for await (const chunk of client) {
          hash.update(chunk);
          if (delayMs > 0) await pause(delayMs);
        }
        expect(hash.digest("hex")).toBe(createHash("sha256").update(Buffer.concat(chunks)).digest("hex"));
      },
    ),
    { numRuns: 25 },
  );
});

test("a reader that stops holds the writer, not our memory", async () => {
  await using server = await serverOn(0, (socket) => void socket.pause());
  await using balancer = balance([server.target]);
  const client = connect({ port: balancer.port, host: "127.0.0.1" });
  const [mebibyte, count] = [1 << 20, 64];
  for (let written = 0; written < count; written++) client.write(Buffer.alloc(mebibyte));
  let before = -1;
  const isStill = (left: number) => {
    const still = left === before;
    before = left;
    return still;
  };
  const left = await eventually(async () => client.writableLength, isStill, { intervalMs: 100 });
  // What the kernel holds, and a read of ours.
  expect(count * mebibyte - left).toBeLessThan(32 * mebibyte);
  client.destroy();
});

test("nothing is left of connections, however they end", async () => {
  const whims = (socket: Socket, random: () => number) => {
    socket.on("error", () => undefined);
    const acts = [
      () => socket.end("bye"),
      () => socket.destroy(),
      () => socket.resetAndDestroy(),
      () => socket.write(randomBytes(100_000)),
      () => socket.pause(),
      () => socket.resume(),
    ];
    const act = () => {
      if (socket.destroyed) return;
      acts[Math.floor(random() * acts.length)]?.();
      setTimeout(act, random() * 3);
    };
    act();
  };
  // The same each time, but for who is quicker.
  let seed = 1;
  const random = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  await using server = await serverOn(0, (socket) => whims(socket, random));
  const descriptors = () => readdirSync("/proc/self/fd").length;
  const before = descriptors();
  {
    await using balancer = balance([server.target, unused()]);
    const clients = Array.from({ length: 300 }, () => {
      const client = connect({ port: balancer.port, host: "127.0.0.1", allowHalfOpen: random() < 0.5 });
      whims(client, random);
      return new Promise((resolve) => client.once("close", resolve));
    });
    await Promise.all(clients);
    const none = (count: number) => count === 0;
    expect(await eventually(async () => balancer.clients, none, { intervalMs: 10, timeoutMs: 15_000 })).toBe(0);
  }
  const few = (count: number) => count < before + 5;
  expect(await eventually(async () => descriptors(), few, { intervalMs: 10, timeoutMs: 15_000 })).toBeLessThan(
    before + 5,
  );
});
