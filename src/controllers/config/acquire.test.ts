import { expect, test } from "bun:test";
import { testConfig } from "../../config/testing.ts";
import { runtimeWith } from "../../cosi/testing.ts";
import { Failure } from "../../errors/failure.ts";
import { HostnameStatus } from "../../resources/network/hostname-status.ts";
import { NetworkStatus } from "../../resources/network/network-status.ts";
import { MaintenanceServiceRequest } from "../../resources/runtime/maintenance-service-request.ts";
import { AcquireConfigStatus } from "../../resources/v1alpha1/acquire-config-status.ts";
import { configure } from "../testing.ts";
import { type AcquireOptions, acquireController } from "./acquire.ts";
import { inlineSource } from "./sources/inline.ts";
import type { SavedConfig } from "./sources/saved.ts";
import { urlSource } from "./sources/url.ts";

const ready = { addressReady: true, connectivityReady: true, hostnameReady: true, etcFilesReady: true };
const good = testConfig("worker");
const bad = "version: v1alpha1\nmachine:\n  kublet: {}\n";
const documents = "apiVersion: v1alpha1\nkind: HostnameConfig\nhostname: given\n";

const nothingSaved: SavedConfig = { place: "saved", read: async () => undefined, keepRejected: async () => "kept" };

/** Stands for the machine, which puts a config in force or waits for one. */
function machine(options: Partial<AcquireOptions>) {
  const acquired = Promise.withResolvers<string>();
  const maintenance = Promise.withResolvers<string | undefined>();
  const problems: string[] = [];
  const controller = acquireController({
    saved: nothingSaved,
    sources: [],
    mode: "container",
    onConfig: async ({ text }, source) => acquired.resolve(`${source}: ${text}`),
    onMaintenance: async (partial) => maintenance.resolve(partial?.text),
    onProblem: (kind, text) => problems.push(`${kind}: ${text}`),
    retry: { initialMs: 1, maximumMs: 2 },
    smbios: () => ({
      ...{ manufacturer: "", productName: "", version: "", skuNumber: "" },
      ...{ serialNumber: "s-1", uuid: "u-1" },
    }),
    ...options,
  });
  return { controller, acquired: acquired.promise, maintenance: maintenance.promise, problems };
}

test("a bad config is told with its place, and the repaired one is taken", async () => {
  let answers = 0;
  using server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: () => {
      answers += 1;
      if (answers === 1) return new Response("not yet", { status: 404 });
      return new Response(answers === 2 ? bad : good);
    },
  });
  const place = `http://127.0.0.1:${server.port}`;
  const { controller, acquired, problems } = machine({
    sources: [urlSource(`${place}/a-secret/config.yaml?token=another`)],
  });
  await using runtime = await runtimeWith(controller);
  await runtime.state.create(NetworkStatus, "status", ready);
  expect(await acquired).toBe(`platform: ${good}`);
  expect(problems[0]).toContain("HTTP status 404");
  expect(problems[1]).toContain(`${place}/…/config.yaml?…:3:3: machine.kublet`);
  expect(runtime.logged.some((line) => line.includes("did you mean"))).toBe(true);
  // Who knows the whole URL can fetch every secret of the cluster.
  expect([...runtime.logged, ...problems].join("\n")).not.toMatch(/a-secret|another/);
});

test("an inline config needs no network, in any of its forms", async () => {
  for (const bytes of [Buffer.from(good), Bun.gzipSync(good), Bun.zstdCompressSync(good)]) {
    const { controller, acquired } = machine({ sources: [inlineSource(Buffer.from(bytes).toString("base64"))] });
    await using _ = await runtimeWith(controller);
    expect(await acquired).toBe(`inline: ${good}`);
  }
});

test("a config that cannot be decompressed, or has no end, is told and asked for again", async () => {
  const bomb = Bun.zstdCompressSync(Buffer.alloc(64 * 1_024 * 1_024));
  const torn = Bun.gzipSync(good).subarray(0, 20);
  const answers = [bomb, torn, Bun.gzipSync(good)];
  using server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response(answers.shift()) });
  const { controller, acquired, problems } = machine({
    sources: [urlSource(`http://127.0.0.1:${server.port}/config.yaml`)],
  });
  await using runtime = await runtimeWith(controller);
  await runtime.state.create(NetworkStatus, "status", ready);
  expect(await acquired).toBe(`platform: ${good}`);
  expect(problems.map((problem) => problem.replace(/: [^:]*$/, ""))).toEqual([
    "load: Cannot decompress the machine configuration",
    "load: Cannot decompress the machine configuration",
  ]);
});

test("the server is told which machine asks, once the machine knows", async () => {
  const asked: string[] = [];
  using server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: ({ url }) => {
      asked.push(new URL(url).search);
      return new Response(good);
    },
  });
  const url = `http://127.0.0.1:${server.port}/c?u=\${uuid}&h=\${hostname}`;
  const { controller, acquired, problems } = machine({ sources: [urlSource(url)] });
  await using runtime = await runtimeWith(controller);
  await runtime.state.create(NetworkStatus, "status", ready);
  await runtime.state.create(HostnameStatus, "hostname", { hostname: "node-1", domainname: "" });
  await acquired;
  expect(asked).toEqual(["?u=u-1&h=node-1"]);
  for (const problem of problems) expect(problem).toContain("this machine has no host name (yet)");
});

test("without any place for a config the machine waits for one, until it is configured", async () => {
  const { controller, maintenance } = machine({});
  await using runtime = await runtimeWith(controller);
  expect(await maintenance).toBeUndefined();
  await runtime.eventually(MaintenanceServiceRequest, "maintenance");
  await configure(runtime, good);
  await runtime.eventuallyGone(MaintenanceServiceRequest, "maintenance");
  await runtime.eventually(AcquireConfigStatus, "machine-config");
});

test("a saved config is the only one that counts, and need not say where to install to", async () => {
  const saved = { ...nothingSaved, read: async () => good.replace(/^ {8}disk: .*\n/m, "") };
  const asked = { ...inlineSource(""), read: async () => Promise.reject(new Failure("Cannot be: it was asked")) };
  const { controller, acquired, problems } = machine({ saved, sources: [asked], mode: "metal" });
  await using _ = await runtimeWith(controller);
  expect(await acquired).toStartWith("state: version: v1alpha1");
  expect(problems).toEqual([]);
});

test("a saved config that is of no use is told with its place, kept, and not replaced by another place's", async () => {
  const kept: string[] = [];
  const saved: SavedConfig = {
    place: "/system/state/config.yaml",
    read: async () => bad,
    keepRejected: async (text) => {
      kept.push(text);
      return "/elsewhere";
    },
  };
  const { controller, maintenance, problems } = machine({
    saved,
    sources: [inlineSource(Buffer.from(good).toString("base64"))],
  });
  await using runtime = await runtimeWith(controller);
  expect(await maintenance).toBeUndefined();
  await runtime.eventually(MaintenanceServiceRequest, "maintenance");
  expect(kept).toEqual([bad]);
  expect(problems[0]).toStartWith("validation: /system/state/config.yaml:3:3: machine.kublet");
  expect(runtime.logged.join("\n")).toContain("kept as /elsewhere");
});

test("a named place that cannot be reached never opens maintenance", async () => {
  let tries = 0;
  const enough = Promise.withResolvers<void>();
  const unreachable = {
    ...inlineSource(""),
    read: async () => {
      tries += 1;
      if (tries === 3) enough.resolve();
      throw new Failure("Cannot reach the server");
    },
  };
  const { controller, problems } = machine({ sources: [unreachable] });
  await using runtime = await runtimeWith(controller);
  await enough.promise;
  expect(await runtime.state.get(MaintenanceServiceRequest, "maintenance")).toBeUndefined();
  expect(new Set(problems)).toEqual(new Set(["load: Cannot reach the server"]));
  // Told once.
  expect(runtime.logged.filter((line) => line.includes("Cannot reach"))).toHaveLength(1);
});

test("what several places say is merged in order, until there is a whole config", async () => {
  const inline = (text: string) => inlineSource(Buffer.from(text).toString("base64"));
  const other = documents.replace("HostnameConfig", "TimeSyncConfig").replace("hostname: given", "enabled: false");
  const sources = [inline(documents), inline(other), inline(good), inline("never: read")];
  const withoutHostname = good.slice(0, good.indexOf("---\n"));
  sources[2] = inline(withoutHostname);
  const { controller, acquired } = machine({ sources });
  await using _ = await runtimeWith(controller);
  const merged = await acquired;
  expect(merged).toContain("hostname: given");
  expect(merged).toContain("kind: TimeSyncConfig");
  expect(merged).toContain("type: worker");
});

test("documents alone are kept while the machine waits for the rest", async () => {
  const { controller, maintenance } = machine({ sources: [inlineSource(Buffer.from(documents).toString("base64"))] });
  await using runtime = await runtimeWith(controller);
  expect(await maintenance).toBe(documents);
  await runtime.eventually(MaintenanceServiceRequest, "maintenance");
});
