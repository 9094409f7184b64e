import { expect, test } from "bun:test";
import { Resolver } from "node:dns/promises";
import { freePorts } from "../../../test/support/free-ports.ts";
import { eventually } from "../../grpc/testing/eventually.ts";
import { Forwarder, type ForwarderOptions } from "./forwarder.ts";
import { type ListenOptions, listenTcp, listenUdp } from "./listener.ts";

const loopback = "127.0.0.1";

interface Server extends AsyncDisposable {
  readonly port: number;
  /** How many questions for this name it was asked, as far as it has said so by now. */
  asked(name: string): number;
}

/** A real DNS server, on a port of its own: another one, when somebody has taken the first meanwhile. */
async function dnsmasq(...options: string[]): Promise<Server> {
  for (let attempts = 10; ; attempts -= 1) {
    try {
      return await startDnsmasq(options);
    } catch (thrown) {
      if (attempts <= 1 || !String(thrown).includes("Address already in use")) throw thrown;
    }
  }
}

async function startDnsmasq(options: readonly string[]): Promise<Server> {
  const program = Bun.which("dnsmasq");
  if (program === null) throw new Error("Cannot test against a real DNS server: the package dnsmasq-base is missing");
  const port = await freePort();
  const own = ["--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--bind-interfaces", "--log-queries=extra"];
  const where = [
    "--keep-in-foreground",
    "--log-facility=-",
    "--pid-file=",
    `--listen-address=${loopback}`,
    `--port=${port}`,
  ];
  const server = Bun.spawn([program, ...own, ...where, ...options], { stdout: "ignore", stderr: "pipe" });
  let log = "";
  const ready = Promise.withResolvers<void>();
  void (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of server.stderr) {
      log += decoder.decode(chunk);
      if (log.includes("started")) ready.resolve();
    }
    ready.reject(new Error(`dnsmasq ended: ${log}`));
  })();
  ready.promise.catch(() => {});
  await ready.promise;
  return {
    port,
    asked: (name) => log.split("\n").filter((line) => line.includes(`] ${name} from`)).length,
    async [Symbol.asyncDispose]() {
      server.kill();
      await server.exited;
    },
  };
}

/** Nobody else takes it in the moment until it is used, as far as that can be. */
async function freePort(): Promise<number> {
  const { udp, tcp } = await listenBoth(async () => undefined);
  await using _udp = udp;
  await using _tcp = tcp;
  return udp.port;
}

/** At a port that is free for both: the kernel chooses one for UDP, and somebody may have it for TCP. */
async function listenBoth(answer: ListenOptions["answer"], attempts = 10) {
  const udp = await listenUdp({ address: loopback, port: 0, hops: 1, answer });
  try {
    return { udp, tcp: await listenTcp({ address: loopback, port: udp.port, hops: 1, answer }) };
  } catch (thrown) {
    await udp[Symbol.asyncDispose]();
    if (attempts <= 1) throw thrown;
    return await listenBoth(answer, attempts - 1);
  }
}

/** Our own server before these, with a client of it; both over UDP and TCP. */
async function machineBefore(servers: readonly number[], options: ForwarderOptions = {}) {
  const forwarder = new Forwarder(options);
  forwarder.servers = servers.map((port) => ({ address: loopback, port }));
  const answer = (message: Uint8Array) => forwarder.answer(message);
  const { udp, tcp } = await listenBoth(answer);
  const resolver = new Resolver({ timeout: 4_000, tries: 1 });
  resolver.setServers([`${loopback}:${udp.port}`]);
  return {
    forwarder,
    resolver,
    async [Symbol.asyncDispose]() {
      resolver.cancel();
      await udp[Symbol.asyncDispose]();
      await tcp[Symbol.asyncDispose]();
    },
  };
}

const codeOf = async (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "answered",
    (thrown) => thrown.code,
  );

test("names are asked for once, whoever wants them, and failures are remembered too", async () => {
  await using server = await dnsmasq("--host-record=a.test,192.0.2.1", "--local-ttl=60", "--local=/test/");
  await using machine = await machineBefore([server.port]);
  const parallel = Array.from({ length: 50 }, () => machine.resolver.resolve4("a.test"));
  expect(new Set((await Promise.all(parallel)).flat())).toEqual(new Set(["192.0.2.1"]));
  expect(await machine.resolver.resolve4("A.Test")).toEqual(["192.0.2.1"]);
  await eventually(() => server.asked("a.test") > 0);
  expect(server.asked("a.test")).toBe(1);
  for (let index = 0; index < 3; index += 1)
    expect(await codeOf(machine.resolver.resolve4("b.test"))).toBe("ENOTFOUND");
  await eventually(() => server.asked("b.test") > 0);
  expect(server.asked("b.test")).toBe(1);
});

test("an answer too large for a datagram comes over TCP, from the server and to the client", async () => {
  const texts = Array.from({ length: 40 }, (_, index) => `--txt-record=big.test,${`${index}`.padStart(100, "x")}`);
  await using server = await dnsmasq(...texts, "--local=/test/");
  await using machine = await machineBefore([server.port]);
  const found = await machine.resolver.resolveTxt("big.test");
  expect(found).toHaveLength(40);
  expect(found.flat().every((text) => text.length === 100)).toBe(true);
});

test("a server that refuses or is gone is passed over", async () => {
  await using refusing = await dnsmasq();
  await using knowing = await dnsmasq("--host-record=a.test,192.0.2.9");
  const health: string[] = [];
  const [gone = 0] = freePorts(1);
  const onHealth = ({ port }: { port: number }, healthy: boolean) => void health.push(`${port} ${healthy}`);
  await using machine = await machineBefore([gone, refusing.port, knowing.port], { onHealth });
  expect(await machine.resolver.resolve4("a.test")).toEqual(["192.0.2.9"]);
  expect(health).toEqual([`${gone} false`]);
  machine.forwarder.servers = [{ address: loopback, port: refusing.port }];
  expect(await codeOf(machine.resolver.resolve4("a.test"))).toBe("EREFUSED");
});

test("a silent server costs its share of the time, once", async () => {
  await using silent = await listenUdp({ address: loopback, port: 0, hops: 1, answer: async () => undefined });
  await using knowing = await dnsmasq("--host-record=a.test,192.0.2.9", "--host-record=b.test,192.0.2.8");
  await using machine = await machineBefore([silent.port, knowing.port], { serverTimeoutMs: 1_000 });
  expect(await machine.resolver.resolve4("a.test")).toEqual(["192.0.2.9"]);
  const startedMs = performance.now();
  expect(await machine.resolver.resolve4("b.test")).toEqual(["192.0.2.8"]);
  expect(performance.now() - startedMs).toBeLessThan(900);
});

test("when nobody answers, the client is told before it gives up", async () => {
  await using silent = await listenUdp({ address: loopback, port: 0, hops: 1, answer: async () => undefined });
  await using machine = await machineBefore([silent.port], { timeoutMs: 150 });
  expect(await codeOf(machine.resolver.resolve4("a.test"))).toBe("ESERVFAIL");
  machine.forwarder.servers = [];
  expect(await codeOf(machine.resolver.resolve4("a.test"))).toBe("ESERVFAIL");
});
