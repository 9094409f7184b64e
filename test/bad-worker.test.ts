import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readYaml, toPlain } from "../src/config/yaml.ts";
import { identify } from "../src/talosctl/cluster/host-process.ts";
import { parseState } from "../src/talosctl/cluster/state.ts";
import { bootCluster, run, type TestMachine } from "./machine/machine.ts";
import { eventually } from "./support/eventually.ts";

const describeAsRoot = describe.if(process.getuid?.() === 0 && process.platform === "linux");
const minutes = (count: number) => count * 60_000;

const wrongToken = "badbad.0123456789abcdef";
const patience = { timeoutMs: 100_000, intervalMs: 200 };

/** Workers whose config is wrong: each says so where it is looked for, and joins when it is right. */
describeAsRoot("a worker with a wrong config", () => {
  const flags = ["--provisioner", "container"];
  let cluster: TestMachine;
  let controlPlane = "";
  let network = "";

  beforeAll(async () => {
    cluster = await bootCluster(...flags, "--wait-timeout", "5m");
    controlPlane = cluster.nodes[0]?.address ?? "";
    network = controlPlane.replace(/\d+$/, "");
  }, minutes(6));

  afterAll(() => cluster?.[Symbol.asyncDispose](), minutes(1));

  /** Starts what does not run yet, and waits for none of it. */
  const start = async (...order: readonly string[]) => {
    const output = join(cluster.directory, "../..");
    const created = await cluster.cluster("create", "--output-directory", output, ...flags, "--wait=false", ...order);
    expect({ code: created.code, stderr: created.code === 0 ? "" : created.stderr }).toEqual({ code: 0, stderr: "" });
  };
  const controlPlanePid = async () => {
    const path = join(cluster.directory, "state.json");
    return parseState(await readFile(path, "utf8"), path).nodes[0]?.process.pid ?? -1;
  };
  /** Another worker, the `index`th, with something in its config. Its address follows from its place. */
  const addWorker = async (index: number, patch: object) => {
    await start("--workers", String(index), "--config-patch-worker", JSON.stringify(patch));
    const name = cluster.name.replace("controlplane-1", `worker-${index}`);
    return { name, address: `${network}${2 + index}` };
  };
  const untilConsoleSays = (name: string, words: string) =>
    eventually(
      () => readFile(join(cluster.directory, `console-${name}.log`), "utf8"),
      (text) => text.includes(words),
      patience,
    );
  const untilHealthSays = (worker: string, words: string) =>
    eventually(
      async () => {
        const nodes = ["--control-plane-nodes", controlPlane, "--worker-nodes", worker];
        const { code, stderr } = await cluster.talosctl("-n", controlPlane, "health", ...nodes, "--wait-timeout", "3s");
        return `${code}: ${stderr}`;
      },
      (said) => !said.startsWith("0:") && said.includes(words),
      patience,
    );
  const untilReady = (name: string) =>
    eventually(
      () => cluster.kubectl("get", "nodes", "--no-headers"),
      (nodes) => new RegExp(`^${name} +Ready`, "m").test(nodes),
      patience,
    );
  const untilNothingToDiagnose = (node: string) =>
    eventually(
      () => cluster.talosctl("-n", node, "get", "diagnostics"),
      ({ code, stdout }) => code === 0 && !stdout.includes("Diagnostic"),
      patience,
    );
  const patch = (node: string, change: object, ...flags: readonly string[]) =>
    cluster.ask("-n", node, "patch", "machineconfig", "--patch", JSON.stringify(change), ...flags);

  test(
    "by which Kubernetes does not know it, is told by the machine, and mended through its API",
    async () => {
      const { name, address } = await addWorker(1, { cluster: { token: wrongToken } });
      await untilConsoleSays(name, "Kubernetes does not let this machine's kubelet in");
      const diagnostic = await cluster.ask("-n", address, "get", "diagnostic", "kubelet-join", "-o", "yaml");
      expect(diagnostic).toContain("cluster.token of this machine is not that of the control plane");
      expect(await cluster.ask("-n", address, "service", "kubelet")).toContain("Waiting for the kubelet's certificate");
      await untilHealthSays(address, "Kubernetes does not let this machine's kubelet in");
      const [config] = readYaml(await readFile(join(cluster.directory, "controlplane.yaml"), "utf8")).documents;
      const right = config === undefined ? undefined : (toPlain(config) as { cluster?: { token?: string } });
      await patch(address, { cluster: { token: right?.cluster?.token } });
      await untilReady(name);
      await untilNothingToDiagnose(address);
    },
    minutes(5),
  );

  test(
    "by which the control plane signs nothing for it, is told on its console, and joins once both have one token",
    async () => {
      const { name, address } = await addWorker(2, { machine: { token: wrongToken } });
      await untilConsoleSays(name, "machine.token of this machine is not that of the control plane");
      await untilHealthSays(address, address);
      await patch(controlPlane, { machine: { token: wrongToken } }, "--mode", "staged");
      const before = await controlPlanePid();
      process.kill(before, "SIGKILL");
      await eventually(
        () => identify(before),
        (found) => found === undefined,
        { intervalMs: 20 },
      );
      await start("--workers", "2");
      await untilReady(name);
      expect(await cluster.ask("-n", address, "service", "apid")).toMatch(/STATE +Running/);
    },
    minutes(5),
  );

  test(
    "that leads nowhere is told on its console, and it joins once its endpoint is somebody's",
    async () => {
      const nobody = `${network}200`;
      const endpoint = { cluster: { controlPlane: { endpoint: `https://${nobody}:6443` } } };
      const { name, address } = await addWorker(3, { ...endpoint, machine: { token: wrongToken } });
      await untilConsoleSays(name, "Is cluster.controlPlane.endpoint right");
      await untilHealthSays(address, address);
      const inside = ["nsenter", "--net", "--target", String(await controlPlanePid())];
      expect(await run([...inside, "ip", "address", "add", `${nobody}/24`, "dev", "eth0"])).toMatchObject({ code: 0 });
      await untilReady(name);
      await untilNothingToDiagnose(address);
    },
    minutes(5),
  );

  test(
    "of whose registry nobody answers, is told as the service that keeps failing, and goes on with another one",
    async () => {
      const { address, name } = { address: `${network}3`, name: cluster.name.replace("controlplane", "worker") };
      await patch(address, { machine: { kubelet: { image: `${network}201:5000/kubelet:v1.35.4` } } });
      await untilConsoleSays(name, "service kubelet keeps failing");
      const diagnostic = await cluster.ask("-n", address, "get", "diagnostic", "service-kubelet", "-o", "yaml");
      expect(diagnostic).toContain(`${network}201:5000`);
      await untilHealthSays(address, "service kubelet keeps failing");
      await patch(address, [{ op: "remove", path: "/machine/kubelet/image" }]);
      await eventually(
        () => cluster.ask("-n", address, "service", "kubelet"),
        (shown) => /STATE +Running/.test(shown) && /HEALTH +OK/.test(shown),
        patience,
      );
      await untilNothingToDiagnose(address);
      await untilReady(name);
    },
    minutes(5),
  );
});
