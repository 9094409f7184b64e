import { afterAll, expect, test } from "bun:test";
import { createServer } from "node:net";
import { freePorts } from "../../../../test/support/free-ports.ts";
import { testConfig } from "../../../config/testing.ts";
import { runtimeWith } from "../../../cosi/testing.ts";
import { NetworkStatus } from "../../../resources/network/network-status.ts";
import { ProbeSpec } from "../../../resources/network/probe-spec.ts";
import { ProbeStatus } from "../../../resources/network/probe-status.ts";
import { RouteStatus } from "../../../resources/network/route-status.ts";
import { configure } from "../../testing.ts";
import { networkStatusController } from "../status.ts";
import { probeController } from "./probe.ts";
import { probeConfigController } from "./probe-config.ts";

const resources = new AsyncDisposableStack();
afterAll(() => resources.disposeAsync());

/** Somebody to connect to. @returns the port, which nobody else gets while he is away */
async function listening(port = freePorts(1)[0]): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const server = createServer((socket) => socket.on("error", () => {}));
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen(port, "127.0.0.1", resolve);
  await promise;
  const stop = () => new Promise<void>((done) => server.close(() => done()));
  resources.defer(stop);
  const bound = server.address();
  return { port: typeof bound === "object" && bound !== null ? bound.port : 0, stop };
}

const document = (endpoint: string, more = "") =>
  `---\napiVersion: v1alpha1\nkind: TCPProbeConfig\nname: p\nendpoint: ${endpoint}\ninterval: 100ms\n${more}`;
const route = {
  family: "inet4",
  src: "",
  gateway: "",
  table: 254,
  priority: 0,
  scope: "global",
  flags: 0,
  protocol: "static",
} as const;

const controllers = () => [probeConfigController(), probeController(), networkStatusController()];

test("the network is connected while its probes work", async () => {
  const server = await listening();
  const endpoint = `127.0.0.1:${server.port}`;
  await using machine = await runtimeWith(...controllers());
  await configure(machine, `${testConfig()}${document(endpoint)}`);
  const { spec } = await machine.eventually(ProbeSpec, `tcp:${endpoint}`);
  expect(spec).toEqual({
    ...{ interval: 100, failureThreshold: 0, tcp: { endpoint, timeout: 10_000 }, layer: "configuration" },
  });
  await machine.eventually(ProbeStatus, `tcp:${endpoint}`, (status) => status.spec.success);
  await machine.eventually(NetworkStatus, "status", (status) => status.spec.connectivityReady);

  await server.stop();
  const failed = await machine.eventually(ProbeStatus, `tcp:${endpoint}`, (status) => !status.spec.success);
  expect(failed.spec.lastError).toContain(`Cannot connect to 127.0.0.1, port ${server.port}: `);
  await machine.eventually(NetworkStatus, "status", (status) => !status.spec.connectivityReady);

  await listening(server.port);
  await machine.eventually(NetworkStatus, "status", (status) => status.spec.connectivityReady);
  expect(machine.logged.filter((line) => line.includes("the probe")).length).toBe(2);

  await configure(machine, testConfig());
  await machine.eventuallyGone(ProbeSpec, `tcp:${endpoint}`);
  await machine.eventuallyGone(ProbeStatus, `tcp:${endpoint}`);
  await machine.eventually(NetworkStatus, "status", (status) => !status.spec.connectivityReady);
});

test("without probes the network is connected when there is a way to everywhere, through a tunnel too", async () => {
  await using machine = await runtimeWith(...controllers());
  await machine.state.create(RouteStatus, "inet6//::/0", { ...route, dst: "", type: "unreachable" });
  await machine.state.create(RouteStatus, "inet4//10.0.2.0/24", { ...route, dst: "10.0.2.0/24", type: "unicast" });
  await machine.eventually(NetworkStatus, "status", ({ spec }) => !spec.connectivityReady);
  await machine.state.create(RouteStatus, "inet4//", { ...route, dst: "", type: "unicast" });
  await machine.eventually(NetworkStatus, "status", ({ spec }) => spec.connectivityReady);
});

test("a probe that may fail a few times says nothing before", async () => {
  const { port, stop } = await listening();
  await stop();
  await using machine = await runtimeWith(...controllers());
  await configure(machine, `${testConfig()}${document(`127.0.0.1:${port}`, "failureThreshold: 3\n")}`);
  const began = performance.now();
  await machine.eventually(ProbeStatus, `tcp:127.0.0.1:${port}`, ({ spec }) => !spec.success);
  expect(performance.now() - began).toBeGreaterThan(190);
});

test("what the platform wants tried stays the platform's", async () => {
  const { port } = await listening();
  const id = `tcp:127.0.0.1:${port}`;
  await using machine = await runtimeWith(...controllers());
  await machine.state.create(ProbeSpec, id, {
    ...{ interval: 200, failureThreshold: 1, tcp: { endpoint: id.slice(4), timeout: 1_000 }, layer: "platform" },
  });
  await configure(machine, `${testConfig()}${document(id.slice(4))}`);
  await machine.eventually(ProbeStatus, id, ({ spec }) => spec.success);
  expect((await machine.state.get(ProbeSpec, id))?.spec.layer).toBe("platform");
});
