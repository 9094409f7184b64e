import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readYaml, toPlain } from "../src/config/yaml.ts";
import { identify } from "../src/talosctl/cluster/host-process.ts";
import { parseState } from "../src/talosctl/cluster/state.ts";
import { untilHealthSays as untilClusterHealthSays } from "./machine/health.ts";
import { bootCluster, run, type TestMachine } from "./machine/machine.ts";
import { eventually } from "./support/eventually.ts";

const describeAsRoot = describe.if(process.getuid?.() === 0 && process.platform === "linux");
const minutes = (count: number) => count * 60_000;

const wrongToken = "badbad.0123456789abcdef";
const patience = { timeoutMs: 240_000, intervalMs: 200 };

/** Workers whose config is wrong: each says so where it is looked for, and joins when it is right. */
describeAsRoot("a worker with a wrong config", () => {
  const flags = ["--provisioner", "container"];
  let cluster: TestMachine;
  let controlPlane = "";
  let network = "";

  beforeAll(async () => {
    cluster = await bootCluster(...flags, "--wait-timeout", "10m");
    controlPlane = cluster.nodes[0]?.address ?? "";
    network = controlPlane.replace(/\d+$/, "");
  }, minutes(12));

  afterAll(() => cluster?.[Symbol.asyncDispose](), minutes(5));

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
    untilClusterHealthSays(
      cluster,
      words,
      ...["-n", controlPlane, "--control-plane-nodes", controlPlane],
      ...["--worker-nodes", worker],
    );
  /** What one controller shows, another may have told before. */
  const untilSaid = (words: string | RegExp, ...question: readonly string[]) =>
    eventually(
      () => cluster.ask(...question),
      (answer) => (typeof words === "string" ? answer.includes(words) : words.test(answer)),
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
      const reason = "cluster.token of this machine is not that of the control plane";
      await untilSaid(reason, "-n", address, "get", "diagnostic", "kubelet-join", "-o", "yaml");
      await untilSaid("Waiting for the kubelet's certificate", "-n", address, "service", "kubelet");
      await untilHealthSays(address, "Kubernetes does not let this machine's kubelet in");
      const [config] = readYaml(await readFile(join(cluster.directory, "controlplane.yaml"), "utf8")).documents;
      const right = config === undefined ? undefined : (toPlain(config) as { cluster?: { token?: string } });
      await patch(address, { cluster: { token: right?.cluster?.token } });
      await untilReady(name);
      await untilNothingToDiagnose(address);
    },
    minutes(20),
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
      await untilSaid(/STATE +Running/, "-n", address, "service", "apid");
    },
    minutes(20),
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
    minutes(20),
  );

  test(
    "of whose registry nobody answers, is told as the service that keeps failing, and goes on with another one",
    async () => {
      const { address, name } = { address: `${network}3`, name: cluster.name.replace("controlplane", "worker") };
      await patch(address, { machine: { kubelet: { image: `${network}201:5000/kubelet:v1.35.4` } } });
      await untilConsoleSays(name, "service kubelet keeps failing");
      await untilSaid(`${network}201:5000`, "-n", address, "get", "diagnostic", "service-kubelet", "-o", "yaml");
      await untilHealthSays(address, "service kubelet keeps failing");
      await patch(address, [{ op: "remove", path: "/machine/kubelet/image" }]);
      await untilSaid(/STATE +Running[\s\S]*HEALTH +OK/, "-n", address, "service", "kubelet");
      await untilNothingToDiagnose(address);
      await untilReady(name);
    },
    minutes(20),
  );
});
