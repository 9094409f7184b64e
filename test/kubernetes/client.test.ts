import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { KubeClient } from "../../src/kube/client.ts";
import { follow } from "../../src/kube/follow.ts";
import type { KubeError } from "../../src/kube/kube-error.ts";
import { accessOf } from "../../src/kube/kubeconfig.ts";
import type { KubeObject } from "../../src/kube/object.ts";
import { type ControlPlane, startControlPlane } from "../support/control-plane.ts";
import { eventually } from "../support/eventually.ts";

interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

const minuteMs = 60_000;
const configMaps = "/api/v1/namespaces/default/configmaps";
const configMap = (name: string, data: Readonly<Record<string, string>> = {}): ConfigMap => ({
  ...{ apiVersion: "v1", kind: "ConfigMap", metadata: { name, labels: { test: "client" } }, data },
});
const refusalOf = (promise: Promise<unknown>): Promise<KubeError> =>
  promise.then(
    () => Promise.reject(new Error("it was not refused")),
    (thrown: KubeError) => thrown,
  );

/** The client's good days, with an API server that runs on this host. */
describe("the Kubernetes client", () => {
  let cluster: ControlPlane;
  let client: KubeClient;

  beforeAll(async () => {
    cluster = await startControlPlane();
    ({ client } = cluster);
  }, 12 * minuteMs);
  afterAll(() => cluster?.[Symbol.asyncDispose](), 4 * minuteMs);

  /** How many connections this process has to the server. */
  async function connections(): Promise<number> {
    const listed = await Bun.$`ss -tnpH state established dport = :${new URL(cluster.server).port}`.quiet().text();
    return listed.split("\n").filter((line) => line.includes(`pid=${process.pid},`)).length;
  }

  test(
    "creates, reads, changes and deletes, and says what was refused",
    async () => {
      const created = await client.create(configMaps, configMap("one", { a: "1" }));
      expect(created.metadata?.uid).toBeString();
      expect(await refusalOf(client.create(configMaps, configMap("one")))).toMatchObject({
        ...{ code: 409, reason: "AlreadyExists" },
        message: `Cannot create ${configMaps}: configmaps "one" already exists (409 AlreadyExists)`,
      });
      const at = `${configMaps}/one`;
      expect((await client.patch<ConfigMap>(at, { data: { b: "2" } }, "merge")).data).toEqual({ a: "1", b: "2" });
      const steps = [{ op: "remove", path: "/data/a" }];
      expect((await client.patch<ConfigMap>(at, steps, "json")).data).toEqual({ b: "2" });
      expect(await refusalOf(client.replace(at, created))).toMatchObject({ code: 409, reason: "Conflict" });
      expect(await refusalOf(client.create(configMaps, configMap("Not A Name")))).toMatchObject({
        ...{ code: 422, causes: ["FieldValueInvalid"] },
      });
      await client.delete(at);
      expect(await client.find(at)).toBeUndefined();
      expect(await client.text("/readyz")).toBe("ok");
    },
    4 * minuteMs,
  );

  test(
    "applies what it owns, and takes from others only by force",
    async () => {
      const ours = { fieldManager: "ours" };
      await client.apply(configMap("owned", { a: "1", b: "1" }), ours);
      await client.apply(configMap("owned", { a: "2" }), ours);
      expect((await client.get<ConfigMap>(`${configMaps}/owned`)).data).toEqual({ a: "2" });
      const theirs = configMap("owned", { a: "3" });
      expect(await refusalOf(client.apply(theirs, { fieldManager: "theirs" }))).toMatchObject({ code: 409 });
      expect((await client.apply(theirs, { fieldManager: "theirs", force: true })).data).toEqual({ a: "3" });
    },
    4 * minuteMs,
  );

  test(
    "reads lists that take several pages",
    async () => {
      const names = Array.from({ length: 620 }, (_, index) => `many-${String(index).padStart(3, "0")}`);
      for (let from = 0; from < names.length; from += 62) {
        const some = names.slice(from, from + 62);
        await Promise.all(some.map((name) => client.create(configMaps, configMap(name))));
      }
      const { items } = await client.list<ConfigMap>(configMaps, { labelSelector: "test=client" });
      expect(items.map(({ metadata }) => metadata?.name).filter((name) => name?.startsWith("many-"))).toEqual(names);
      expect(items[0]?.kind).toBe("ConfigMap");
    },
    4 * minuteMs,
  );

  test(
    "gives connections back: of requests it keeps few, of watches that are left none",
    async () => {
      const before = await connections();
      for (let index = 0; index < 200; index += 1) await client.text("/version");
      expect(await connections()).toBeLessThanOrEqual(before + 1);
      const stopping = new AbortController();
      const watches = Array.from({ length: 10 }, () => client.watch("/api/v1/namespaces", {}, stopping.signal));
      for (const watch of watches) expect((await watch.next()).value).toMatchObject({ type: "ADDED" });
      expect(await connections()).toBeGreaterThanOrEqual(10);
      for (const watch of watches.slice(0, 5)) await watch.return(undefined);
      stopping.abort(new Error("enough"));
      for (const watch of watches.slice(5)) {
        // What has arrived already may be told before the end is.
        await Array.fromAsync(watch).catch((thrown: unknown) => expect(String(thrown)).toContain("enough"));
      }
      await eventually(connections, (open) => open <= before + 1, { timeoutMs: minuteMs, intervalMs: 20 });
    },
    4 * minuteMs,
  );

  test(
    "asks each time as whom it was made",
    async () => {
      using stranger = new KubeClient({ server: cluster.server, ca: accessOf(cluster.kubeconfig).ca });
      for (let index = 0; index < 3; index += 1) {
        expect((await refusalOf(stranger.get("/api/v1/nodes"))).code).toBeOneOf([401, 403]);
        expect((await client.list("/api/v1/nodes")).items).toEqual([]);
      }
    },
    4 * minuteMs,
  );

  test(
    "follows objects through the end of its watches and of the server",
    async () => {
      const stopping = new AbortController();
      const retries: string[] = [];
      const query = { fieldSelector: "metadata.name=followed" };
      const options = { onRetry: (reason: string) => retries.push(reason), watchMs: 1_000 };
      const followed = follow<ConfigMap>(client, configMaps, query, stopping.signal, options);
      const next = async () => [...((await followed.next()).value ?? new Map<string, ConfigMap>())];
      expect(await next()).toEqual([]);
      const path = `${configMaps}/followed`;
      await client.create(configMaps, configMap("followed", { turn: "0" }));
      expect((await next()).map(([key]) => key)).toEqual(["default/followed"]);
      for (let turn = 1; turn <= 3; turn += 1) {
        const changed = next();
        // The third after the server was killed in the middle of a watch.
        if (turn === 3) {
          cluster.pods.crash("kube-apiserver");
          await eventually(
            async () => retries.length,
            (count) => count > 0,
            { intervalMs: 20 },
          );
        }
        const patch = () => client.patch<ConfigMap>(path, { data: { turn: String(turn) } }, "merge");
        await eventually(patch, () => true, { timeoutMs: 4 * minuteMs, intervalMs: 100 });
        expect((await changed)[0]?.[1].data).toEqual({ turn: String(turn) });
      }
      await client.delete(path);
      expect(await next()).toEqual([]);
      stopping.abort();
      expect((await followed.next()).done).toBeTrue();
    },
    8 * minuteMs,
  );

  test(
    "is told when the server has forgotten where it was",
    async () => {
      // What it remembers begins with its own start.
      const forgotten = client.watch(configMaps, { resourceVersion: "1", timeoutSeconds: 5 });
      expect(await refusalOf(Array.fromAsync(forgotten))).toMatchObject({ code: 410, reason: "Expired" });
    },
    4 * minuteMs,
  );
});
