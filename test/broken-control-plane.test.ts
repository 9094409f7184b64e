import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { untilHealthSays } from "./machine/health.ts";
import { bootCluster, type TestMachine } from "./machine/machine.ts";
import { eventually } from "./support/eventually.ts";

const isPossible = process.getuid?.() === 0 && process.platform === "linux";
const describeAsRoot = describe.if(isPossible);
const minutes = (count: number) => count * 60_000;
const patience = { timeoutMs: minutes(5) };

/** What an owner can do to the control plane by its settings: each is told where it is looked for, and mended by them. */
describeAsRoot("a control plane with a wrong setting", () => {
  let machine: TestMachine;

  beforeAll(async () => {
    machine = await bootCluster("--provisioner", "container", "--wait-timeout", "10m");
  }, minutes(12));

  afterAll(() => machine?.[Symbol.asyncDispose](), minutes(5));

  const patch = (text: object) => machine.ask("patch", "machineconfig", "--patch", JSON.stringify(text));
  const remove = (path: string) => patch([{ op: "remove", path }]);
  const untilConsoleSays = (words: string) =>
    eventually(
      () => readFile(machine.consolePath, "utf8"),
      (text) => text.includes(words),
      patience,
    );
  const untilStatusIs = (component: string, ...wanted: readonly RegExp[]) =>
    eventually(
      () => machine.ask("get", "staticpodstatus", `kube-system/${component}-${machine.name}`, "-o", "yaml"),
      (text) => wanted.every((pattern) => pattern.test(text)),
      patience,
    );
  const untilReady = () =>
    eventually(
      () => machine.kubectl("get", "--raw", "/readyz"),
      (answer) => answer === "ok",
      patience,
    );

  test(
    "a flag that the server does not know is its last word, and nothing is lost when it goes",
    async () => {
      const kept = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "kept" }, data: { a: "b" } };
      const file = join(machine.directory, "kept.json");
      await Bun.write(file, JSON.stringify(kept));
      await machine.kubectl("apply", "-f", file);
      await patch({ cluster: { apiServer: { extraArgs: { nonsense: "1" } } } });
      await untilConsoleSays("kube-apiserver does not run: it ended with code 1: Error: unknown flag: --nonsense");
      await untilStatusIs("kube-apiserver", /unknown flag: --nonsense/);
      await untilHealthSays(machine, "nobody listens at");
      await remove("/cluster/apiServer/extraArgs");
      await untilReady();
      expect(await machine.kubectl("get", "configmap", "kept", "-o", "jsonpath={.data.a}")).toBe("b");
    },
    minutes(20),
  );

  test(
    "an image that nobody has is named in the status, and the rest goes on",
    async () => {
      await patch({ cluster: { scheduler: { image: "registry.test/nothing:v1.35.4" } } });
      await untilConsoleSays(
        'kube-scheduler does not run: ErrImagePull: failed to pull and unpack image "registry.test',
      );
      await untilStatusIs("kube-scheduler", /reason: (?:ErrImagePull|ImagePullBackOff)/);
      await untilReady();
      await remove("/cluster/scheduler/image");
      await untilStatusIs("kube-scheduler", /kube-scheduler:v1/, /ready: true/);
    },
    minutes(20),
  );

  test(
    "a pod that is none, and flags against our files, are left out with a word",
    async () => {
      const before = await machine.ask("get", "staticpods");
      await patch({
        machine: { pods: [{ apiVersion: "v1", kind: "Pod", metadata: { name: "none" } }] },
        cluster: { controllerManager: { extraArgs: { "root-ca-file": "/none" } } },
      });
      await untilConsoleSays("ignoring machine.pods[0]: spec has no containers");
      await untilConsoleSays("ignoring what kube-controller-manager cannot have: extraArgs.root-ca-file");
      expect((await machine.ask("get", "staticpods")).split("\n")).toHaveLength(before.split("\n").length);
      await untilReady();
    },
    minutes(20),
  );
});

test.if(isPossible)(
  "an API server that could not serve from the first configuration on serves when that is mended",
  async () => {
    const patch = { cluster: { apiServer: { extraArgs: { nonsense: "1" } } } };
    const flags = ["--skip-k8s-node-readiness-check", "--config-patch", JSON.stringify(patch)];
    await using machine = await bootCluster("--provisioner", "container", ...flags);
    const told = "kube-apiserver does not run: it ended with code 1: Error: unknown flag: --nonsense";
    await eventually(
      () => readFile(machine.consolePath, "utf8"),
      (text) => text.includes(told),
      patience,
    );
    await machine.ask(
      "patch",
      "mc",
      "--patch",
      JSON.stringify([{ op: "remove", path: "/cluster/apiServer/extraArgs" }]),
    );
    await machine.ask("health", "--wait-timeout", "10m");
  },
  minutes(20),
);
