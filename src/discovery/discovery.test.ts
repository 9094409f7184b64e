import { expect, test } from "bun:test";
import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { callersAddress, type DiscoveryService, startDiscoveryService } from "../../test/support/discovery-service.ts";
import { eventually } from "../../test/support/eventually.ts";
import { type DiscoveredAffiliate, openAffiliate, sealAffiliate } from "./affiliate.ts";
import { open, openAlike, seal, sealAlike } from "./cipher.ts";
import { DiscoveryClient } from "./client.ts";

const key = randomBytes(32);
const machine = (nodeId: string, more: Partial<DiscoveredAffiliate> = {}): DiscoveredAffiliate => ({
  nodeId,
  addresses: ["10.0.0.2", "fd00::2"],
  hostname: nodeId,
  nodename: nodeId,
  operatingSystem: "Talos (v1.12.8)",
  machineType: "controlplane",
  controlPlane: { port: 6_443 },
  ...more,
});

const clientOf = (
  service: DiscoveryService,
  affiliateId: string,
  more: { ttlMs?: number; problems?: string[]; key?: Uint8Array } = {},
) =>
  new DiscoveryClient({
    endpoint: service.endpoint,
    targetOf: async (endpoint) => ({ host: "127.0.0.1", port: Number(endpoint.split(":")[1]), plaintext: true }),
    clusterId: "cluster",
    affiliateId,
    key: more.key ?? key,
    version: "v1.12.8",
    ...(more.ttlMs !== undefined && { ttlMs: more.ttlMs }),
    onProblem: (problem) => more.problems?.push(problem),
    backoff: { initialMs: 1, maximumMs: 20 },
  });

const soon = { timeoutMs: 15_000, intervalMs: 5 };

test("machines of a cluster hear of each other, and the service reads nothing", async () => {
  await using service = await startDiscoveryService();
  const stopping = new AbortController();
  const [first, second] = [clientOf(service, "first"), clientOf(service, "second")];
  const running = [first.run(stopping.signal), second.run(stopping.signal)];
  const kubespan = {
    publicKey: "key",
    address: "fd00::1",
    additionalAddresses: ["10.244.0.0/24"],
    endpoints: ["10.0.0.2:51820", "[fd00::2]:51820"],
    excludeAdvertisedNetworks: ["10.9.0.0/16"],
  };
  first.tell(machine("first", { kubespan }));
  second.tell(machine("second"));
  await eventually(
    async () => second.affiliates,
    (found) => found.length === 1,
    soon,
  );
  expect(second.affiliates).toEqual([machine("first", { kubespan })]);
  await eventually(
    async () => first.affiliates,
    (found) => found.length === 1,
    soon,
  );
  expect(first.publicAddress).toBe(callersAddress);
  const kept = Buffer.from(service.kept("cluster").get("first")?.data ?? []);
  expect(kept.includes("first")).toBe(false);

  // A change is told, a machine that goes is forgotten.
  first.tell(machine("first", { addresses: ["10.0.0.9"] }));
  await eventually(
    async () => second.affiliates[0]?.addresses,
    (addresses) => addresses?.[0] === "10.0.0.9",
    soon,
  );
  first.tell("gone");
  await eventually(
    async () => second.affiliates,
    (found) => found.length === 0,
    soon,
  );
  stopping.abort();
  await Promise.all(running);
});

test("a connection that breaks is made again, and what was known stays meanwhile", async () => {
  await using service = await startDiscoveryService();
  const stopping = new AbortController();
  const [first, second] = [clientOf(service, "first"), clientOf(service, "second")];
  const running = [first.run(stopping.signal), second.run(stopping.signal)];
  first.tell(machine("first"));
  await eventually(
    async () => second.affiliates,
    (found) => found.length === 1,
    soon,
  );
  for (const hostname of ["a", "b", "c"]) {
    service.breakConnections();
    expect(second.affiliates).toHaveLength(1);
    first.tell(machine("first", { hostname }));
    await eventually(
      async () => second.affiliates[0]?.hostname,
      (found) => found === hostname,
      soon,
    );
  }
  stopping.abort();
  await Promise.all(running);
});

test("what is told is told again before it is forgotten", async () => {
  await using service = await startDiscoveryService();
  const stopping = new AbortController();
  const client = clientOf(service, "first", { ttlMs: 200 });
  const running = client.run(stopping.signal);
  client.tell(machine("first"));
  const kept = async () => service.kept("cluster").get("first")?.expiresMs ?? 0;
  const first = await eventually(kept, (expiresMs) => expiresMs > 0, soon);
  await eventually(kept, (expiresMs) => expiresMs > first + 150, soon);
  expect(await kept()).toBeGreaterThan(first);
  stopping.abort();
  await running;
});

test("a service may send clients to another", async () => {
  await using service = await startDiscoveryService();
  await using other = await startDiscoveryService();
  service.redirect = other.endpoint;
  const stopping = new AbortController();
  const client = clientOf(service, "first");
  const running = client.run(stopping.signal);
  client.tell(machine("first"));
  await eventually(
    async () => other.kept("cluster").size,
    (size) => size === 1,
    soon,
  );
  expect(service.kept("cluster").size).toBe(0);
  stopping.abort();
  await running;
});

test("a machine with another secret is told of, and not believed", async () => {
  await using service = await startDiscoveryService();
  const stopping = new AbortController();
  const problems: string[] = [];
  const [ours, stranger] = [
    clientOf(service, "ours", { problems }),
    clientOf(service, "stranger", { key: randomBytes(32) }),
  ];
  const running = [ours.run(stopping.signal), stranger.run(stopping.signal)];
  ours.tell(machine("ours"));
  stranger.tell(machine("stranger"));
  await eventually(
    async () => problems.join(),
    (text) => text.includes("it has another cluster.secret"),
    soon,
  );
  expect(ours.affiliates).toEqual([]);
  stopping.abort();
  await Promise.all(running);
});

test("a service that cannot be reached is told of", async () => {
  const problems: string[] = [];
  const client = new DiscoveryClient({
    endpoint: "127.0.0.1:1",
    targetOf: async () => ({ host: "127.0.0.1", port: 1, plaintext: true }),
    ...{ clusterId: "cluster", affiliateId: "first", key, version: "v1.12.8" },
    onProblem: (problem) => problems.push(problem),
  });
  const stopping = new AbortController();
  const running = client.run(stopping.signal);
  await eventually(
    async () => problems.length,
    (count) => count > 0,
    soon,
  );
  expect(problems[0]).toContain("Cannot reach 127.0.0.1:1");
  stopping.abort();
  await running;
});

const bytes = fc.uint8Array({ maxLength: 100 });

test("what is sealed is opened by whoever has the key, and by nobody else", () => {
  fc.assert(
    fc.property(bytes, (text) => {
      expect(Buffer.from(open(key, seal(key, text)))).toEqual(Buffer.from(text));
      expect(Buffer.from(openAlike(key, sealAlike(key, text)))).toEqual(Buffer.from(text));
      expect(sealAlike(key, text)).toEqual(sealAlike(key, text));
      expect(() => open(randomBytes(32), seal(key, text))).toThrow("another cluster.secret");
    }),
  );
});

test("bytes of any kind open as nothing, or as an affiliate, and never as anything else", () => {
  fc.assert(
    fc.property(fc.array(bytes, { maxLength: 3 }), bytes, (endpoints, data) => {
      for (const sealed of [data, seal(key, data)]) {
        try {
          const found = openAffiliate(key, { data: sealed, endpoints: endpoints.map((text) => sealAlike(key, text)) });
          expect(typeof found.nodeId).toBe("string");
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(Error);
        }
      }
    }),
  );
  const { data, endpoints } = sealAffiliate(key, machine("a"));
  expect(openAffiliate(key, { data, endpoints })).toEqual(machine("a"));
});
