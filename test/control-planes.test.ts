import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { KubeClient } from "../src/kube/client.ts";
import { accessOf } from "../src/kube/kubeconfig.ts";
import type { KubeObject } from "../src/kube/object.ts";
import { identify } from "../src/talosctl/cluster/host-process.ts";
import { type NodeState, parseState } from "../src/talosctl/cluster/state.ts";
import { untilHealthSays } from "./machine/health.ts";
import { killIn } from "./machine/inside.ts";
import { bootCluster, run, type TestMachine } from "./machine/machine.ts";
import { type AcknowledgedWriter, startWriter } from "./support/acknowledged-writer.ts";
import { eventually } from "./support/eventually.ts";

const describeAsRoot = describe.if(process.getuid?.() === 0 && process.platform === "linux");
const minutes = (count: number) => count * 60_000;
const publicTalosctl = process.env.TALOSCTL_PUBLIC;
const configMaps = "/api/v1/namespaces/default/configmaps";

interface ConfigMap extends KubeObject {
  readonly data: { readonly value: string };
}

/** What a cluster has three control planes for, while they are killed, starved and scattered. The order matters. */
describeAsRoot("a cluster with three control planes", () => {
  const flags = ["--provisioner", "container", "--wait-timeout", "10m"];
  let cluster: TestMachine;
  let client: KubeClient;
  let writer: AcknowledgedWriter;

  beforeAll(async () => {
    cluster = await bootCluster(...flags, "--controlplanes", "3");
    client = new KubeClient(accessOf(await readFile(join(cluster.directory, "kubeconfig"), "utf8")), {
      timeoutMs: 10_000,
    });
    writer = startWriter({
      parallel: 4,
      write: (name, value) =>
        client.create(configMaps, { apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data: { value } }),
    });
  }, minutes(12));

  afterAll(async () => {
    await writer?.stop();
    client?.[Symbol.dispose]();
    await cluster?.[Symbol.asyncDispose]();
  }, minutes(5));

  /** The machines as they are now: one that was started again has another process. */
  const nodes = async (): Promise<readonly NodeState[]> => {
    const path = join(cluster.directory, "state.json");
    return parseState(await readFile(path, "utf8"), path).nodes;
  };
  const nodeAt = async (index: number): Promise<NodeState> => {
    const node = (await nodes())[index];
    if (node === undefined) throw new Error(`there is no machine ${index}`);
    return node;
  };
  /** As power does, from one moment to the next. */
  const cutPower = async (index: number) => {
    const { pid } = (await nodeAt(index)).process;
    process.kill(pid, "SIGKILL");
    await eventually(
      () => identify(pid),
      (found) => found === undefined,
      { intervalMs: 20 },
    );
  };
  const powerOn = async () => {
    const output = join(cluster.directory, "../..");
    expect(await cluster.cluster("create", "--output-directory", output, ...flags)).toMatchObject({ code: 0 });
  };
  /** Asked directly: an endpoint that forwards may be the machine that has just lost its power. */
  const at = (address: string) => ["-e", address, "-n", address];
  const members = async (index: number) => {
    const { address } = await nodeAt(index);
    return await cluster.ask(...at(address), "etcd", "members");
  };
  const untilThree = (index = 0) =>
    eventually(
      () => members(index),
      (table) => table.match(/https.*false/g)?.length === 3,
      { timeoutMs: minutes(4) },
    );
  /** Where people look: the resource, the console, and health from both sides. */
  const untilQuorumIsMissed = async (address: string) => {
    const names = (await nodes()).flatMap(({ name }, index) => (index === 0 ? [] : [name]));
    await eventually(
      () => cluster.ask(...at(address), "get", "diagnostic", "etcd-quorum", "-o", "yaml"),
      (shown) => names.every((name) => shown.includes(`${name}: Cannot reach`)) && shown.includes("--recover-from"),
    );
    const told = "etcd has no majority: 2 of its 3 members do not answer";
    await eventually(
      () => readFile(cluster.consolePath, "utf8"),
      (text) => text.includes(told),
    );
    for (const way of ["--server", "--server=false"]) await untilHealthSays(cluster, told, ...at(address), way);
  };
  const readiness = async () => {
    const nodes = await cluster.kubectl("get", "nodes", "--no-headers", "--request-timeout=30s");
    return nodes.split("\n").map((line) => line.split(/\s+/)[1]);
  };
  const untilReady = () =>
    eventually(readiness, (now) => Bun.deepEquals(now, ["Ready", "Ready", "Ready"]), { timeoutMs: minutes(4) });
  const missing = () =>
    writer.missing(async (name) => (await client.find<ConfigMap>(`${configMaps}/${name}`))?.data.value);

  test(
    "is ready, at an address of the host",
    async () => {
      const kubeconfig = await readFile(join(cluster.directory, "kubeconfig"), "utf8");
      expect(kubeconfig).toContain(`server: https://${cluster.nodes[0]?.address.replace(/\d+$/, "1")}:6443`);
      await untilReady();
    },
    minutes(5),
  );

  test(
    "each is a member of etcd, and says so to every client",
    async () => {
      await untilThree();
      const addresses = (await nodes()).map(({ address }) => address).join(",");
      await eventually(
        () => cluster.ask("-n", addresses, "etcd", "members"),
        (table) => table.trim().split("\n").length === 1 + 9,
      );
      if (publicTalosctl !== undefined) {
        const talosconfig = join(cluster.directory, "talosconfig");
        for (const verb of ["members", "status"]) {
          const args = ["--talosconfig", talosconfig, "-n", addresses, "etcd", verb];
          // Raft goes on between two questions; what does not change is the same.
          const steady = (text: string) => text.replace(/\d+(\.\d+)? [kMG]?B( \(.*?\))?|\b\d+\b/g, "").split(/\s+/);
          // Another may lead at the second look.
          await eventually(
            async () => [
              (await run([publicTalosctl, ...args])).stdout,
              await cluster.ask("-n", addresses, "etcd", verb),
            ],
            ([theirs = "", ours = ""]) => ours !== "" && Bun.deepEquals(steady(theirs), steady(ours)),
          );
        }
      }
    },
    minutes(5),
  );

  test(
    "whatever is killed comes back",
    async () => {
      for (const [index, program] of [
        [0, "etcd"],
        [1, "kube-apiserver"],
        [2, "containerd"],
        [0, "kubelet"],
        [1, "etcd"],
      ] as const) {
        await killIn((await nodeAt(index)).process.pid, program);
        await writer.next();
      }
      await untilThree(1);
    },
    minutes(10),
  );

  test(
    "serves without the one that began it, and takes it back",
    async () => {
      await cutPower(0);
      await writer.next();
      const { name } = await nodeAt(2);
      await eventually(
        () => members(1),
        (table) => table.includes(name),
      );
      await powerOn();
      await untilThree();
      // What was said of it before it lost its power may have to be corrected first.
      await untilReady();
    },
    minutes(18),
  );

  test(
    "without two of them it says what to do, and goes on when they are back",
    async () => {
      await cutPower(1);
      await cutPower(2);
      const { address } = await nodeAt(0);
      const ask = async () => {
        const beganAt = performance.now();
        return { ...(await cluster.talosctl(...at(address), "etcd", "members")), tookMs: performance.now() - beganAt };
      };
      const { code, stderr, tookMs } = await eventually(
        ask,
        // It may begin with the leader's change.
        (finished) => finished.code !== 0 && /most members do not answer each other/.test(finished.stderr),
      );
      expect(code).not.toBe(0);
      expect(stderr).toMatch(/most members do not answer each other/);
      expect(tookMs).toBeLessThan(40_000);
      await eventually(
        () => cluster.ask(...at(address), "service", "etcd"),
        (shown) => /HEALTH +Fail/.test(shown),
      );
      await untilQuorumIsMissed(address);
      await powerOn();
      await untilThree();
      await writer.next();
      await eventually(
        () => cluster.ask(...at(address), "get", "diagnostics"),
        (shown) => !shown.includes("etcd-quorum"),
      );
    },
    minutes(18),
  );

  test(
    "one that leaves, and one that loses its disk, join again",
    async () => {
      const { address, name } = await nodeAt(2);
      await cluster.ask(...at(address), "etcd", "leave");
      await eventually(
        () => members(0),
        (table) => table.includes("https") && !table.includes(name),
      );
      await cutPower(2);
      await powerOn();
      await untilThree();
      await cutPower(2);
      await rm(join(cluster.directory, `${name}.var/lib/etcd`), { recursive: true });
      await powerOn();
      await untilThree();
      expect(await members(2)).toContain(name);
    },
    minutes(18),
  );

  test(
    "and nothing is missing of what was promised",
    async () => {
      await writer.stop();
      expect(writer.acknowledged.size).toBeGreaterThan(50);
      expect(await missing()).toEqual([]);
    },
    minutes(6),
  );
});
