import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { once } from "node:events";
import { type AddressInfo, createConnection, createServer, type Socket } from "node:net";
import { connectEtcd, type Etcd } from "../../src/etcd/client.ts";
import { type ControlPlane, startControlPlane } from "../support/control-plane.ts";

const minuteMs = 60_000;
const name = "talos:v1:test";

/** A way to a server that can be cut without a word to either side. */
async function cuttable(port: number) {
  const sockets: Socket[] = [];
  const listener = createServer((client) => {
    const server = createConnection(port, "127.0.0.1");
    for (const socket of [client, server]) socket.on("error", () => undefined);
    sockets.push(client, server);
    client.pipe(server).pipe(client);
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  return {
    port: (listener.address() as AddressInfo).port,
    cut: () => {
      for (const socket of sockets) socket.unpipe().pause();
    },
    [Symbol.dispose]: () => {
      for (const socket of sockets) socket.destroy();
      listener.close();
    },
  };
}

describe("a lock of the cluster", () => {
  let cluster: ControlPlane;

  beforeAll(async () => {
    cluster = await startControlPlane({ components: [] });
  }, 4 * minuteMs);
  afterAll(() => cluster?.[Symbol.asyncDispose](), 4 * minuteMs);

  const etcdPort = () => Number(new URL(cluster.etcd.endpoint).port);
  const connect = (port = etcdPort()): Etcd => {
    const { ca, certificate, key } = cluster.etcd;
    return connectEtcd({ host: "localhost", port, tls: { certificate, key, authorities: [ca] } });
  };
  /** Of one test: what it waits for comes, or it ends. */
  const patience = () => AbortSignal.timeout(4 * minuteMs);

  test(
    "is held by one at a time, in the order of those who came, for longer than its lease",
    async () => {
      using one = connect();
      using other = connect();
      const signal = patience();
      const told: string[] = [];
      const begun = Promise.withResolvers<void>();
      const release = Promise.withResolvers<void>();
      const first = one.withLock(
        name,
        async () => {
          told.push("first begins");
          begun.resolve();
          await release.promise;
          told.push("first ends");
        },
        { signal, ttlMs: 5_000 },
      );
      await begun.promise;
      const second = other.withLock(name, async () => told.push("second"), { signal });
      const stopping = new AbortController();
      const third = other.withLock(name, async () => told.push("third"), { signal: stopping.signal });
      stopping.abort();
      expect(await third.catch((thrown: unknown) => thrown)).toBeInstanceOf(Error);
      // Its lease of five seconds is kept for eight.
      using clock = connect();
      const timed = AbortSignal.timeout(8_000);
      await clock.withLock("talos:v1:clock", lasting, { signal: timed }).catch(() => undefined);
      expect(told).toEqual(["first begins"]);
      release.resolve();
      await Promise.all([first, second]);
      expect(told).toEqual(["first begins", "first ends", "second"]);
    },
    8 * minuteMs,
  );

  test(
    "is free again when its holder fails",
    async () => {
      using etcd = connect();
      const signal = patience();
      const failing = etcd.withLock(name, () => Promise.reject(new Error("broken")), { signal });
      expect(await failing.catch((thrown: Error) => thrown.message)).toBe("broken");
      expect(await etcd.withLock(name, async () => "mine", { signal })).toBe("mine");
    },
    8 * minuteMs,
  );

  test(
    "is lost by one who cannot reach etcd any more, who is told, and goes to the next",
    async () => {
      using way = await cuttable(etcdPort());
      using cutOff = connect(way.port);
      using next = connect();
      const signal = patience();
      const losing = cutOff
        .withLock(
          name,
          (held) => {
            way.cut();
            return lasting(held);
          },
          { signal, ttlMs: 2_000 },
        )
        .catch((thrown: Error) => thrown.message);
      expect(await next.withLock(name, async () => "mine", { signal })).toBe("mine");
      expect(await losing).toStartWith("Cannot keep a lock of etcd: ");
    },
    8 * minuteMs,
  );
});

/** Work that goes on until it is told to end. */
const lasting = (held: AbortSignal): Promise<never> =>
  new Promise((_, reject) => held.addEventListener("abort", () => reject(held.reason), { once: true }));
