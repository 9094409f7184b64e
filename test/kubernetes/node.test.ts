import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { endpointController } from "../../src/controllers/k8s/endpoint.ts";
import { kubeletKubeconfigController } from "../../src/controllers/k8s/kubelet-kubeconfig.ts";
import { nodeApplyController } from "../../src/controllers/k8s/node-apply.ts";
import { nodeCordonedSpecController } from "../../src/controllers/k8s/node-cordoned-spec.ts";
import type { NodeObject } from "../../src/controllers/k8s/node-object.ts";
import { nodeStatusController } from "../../src/controllers/k8s/node-status.ts";
import { runtimeWith, type TestRuntime } from "../../src/cosi/testing.ts";
import { KubeClient } from "../../src/kube/client.ts";
import { drainNode } from "../../src/kube/drain.ts";
import { accessOf } from "../../src/kube/kubeconfig.ts";
import type { KubeObject } from "../../src/kube/object.ts";
import { cordonAndDrain } from "../../src/machined/node/cordon-and-drain.ts";
import { MachineType } from "../../src/resources/config/machine-type.ts";
import { Endpoint } from "../../src/resources/k8s/endpoint.ts";
import { NodeCordonedSpec } from "../../src/resources/k8s/node-cordoned-spec.ts";
import { NodeLabelSpec } from "../../src/resources/k8s/node-label-spec.ts";
import { NodeStatus } from "../../src/resources/k8s/node-status.ts";
import { NodeTaintSpec } from "../../src/resources/k8s/node-taint-spec.ts";
import { Nodename } from "../../src/resources/k8s/nodename.ts";
import { MachineStatus } from "../../src/resources/runtime/machine-status.ts";
import { KubernetesSecret } from "../../src/resources/secrets/kubernetes-secret.ts";
import { Service } from "../../src/resources/v1alpha1/service.ts";
import { type ControlPlane, startControlPlane } from "../support/control-plane.ts";
import { eventually } from "../support/eventually.ts";
import { kubeletKubeconfig } from "./kubelet-identity.ts";

let plane: ControlPlane;
beforeAll(async () => {
  plane = await startControlPlane();
}, 480_000);
afterAll(() => plane[Symbol.asyncDispose]());

const node = (name: string) => plane.client.get<NodeObject>(`/api/v1/nodes/${name}`);
const register = (name: string, more: object = {}) =>
  plane.client.create("/api/v1/nodes", { apiVersion: "v1", kind: "Node", metadata: { name, ...more } });

/** A machine whose kubelet has been let in. */
async function machineOf(name: string, type: "controlplane" | "worker"): Promise<TestRuntime> {
  const path = join(plane.directory, `kubeconfig-${name}`);
  const machine = await runtimeWith(
    kubeletKubeconfigController({ path, pki: plane.directory }),
    nodeStatusController({ kubeconfig: path }),
    nodeApplyController({ kubeconfig: path }),
    nodeCordonedSpecController(),
    endpointController({ kubeconfig: path }),
  );
  await machine.state.create(MachineType, "machine-type", { type });
  await machine.state.create(Nodename, "nodename", {
    nodename: name,
    hostnameVersion: "1",
    skipNodeRegistration: false,
  });
  await machine.state.create(Service, "kubelet", { running: true, healthy: true, unknown: false });
  const secrets = (await plane.machine.eventually(KubernetesSecret, "k8s-certs")).spec;
  // The cluster's endpoint is this API server's here.
  if (type === "controlplane") await machine.state.create(KubernetesSecret, "k8s-certs", secrets);
  await writeFile(path, await readFile(await kubeletKubeconfig(plane, name), "utf8"), { mode: 0o600 });
  return machine;
}

test("a node's status follows the node", async () => {
  await using machine = await machineOf("status", "worker");
  await register("status", { labels: { tier: "db" } });
  await machine.eventually(NodeStatus, "status", ({ spec }) => !spec.nodeReady && spec.labels.tier === "db");
  const conditions = [{ type: "Ready", status: "True" }];
  await plane.client.patch("/api/v1/nodes/status/status", { status: { conditions } }, "strategic");
  await machine.eventually(NodeStatus, "status", ({ spec }) => spec.nodeReady);
  await plane.client.patch(
    "/api/v1/nodes/status",
    { spec: { podCIDRs: ["10.244.7.0/24"], podCIDR: "10.244.7.0/24" } },
    "merge",
  );
  await machine.eventually(NodeStatus, "status", ({ spec }) => spec.podCIDRs[0] === "10.244.7.0/24");
  await plane.client.delete("/api/v1/nodes/status");
  await machine.eventuallyGone(NodeStatus, "status");
  await machine.state.modify(Nodename, "nodename", () => ({
    nodename: "status",
    hostnameVersion: "1",
    skipNodeRegistration: true,
  }));
  await register("status");
  expect(await machine.state.get(NodeStatus, "status")).toBeUndefined();
});

test("a control plane node gets what the configuration wishes, and loses it again", async () => {
  await using machine = await machineOf("control", "controlplane");
  const role = "node-role.kubernetes.io/control-plane";
  await machine.state.create(NodeLabelSpec, role, { key: role, value: "" });
  await machine.state.create(NodeTaintSpec, role, { key: role, value: "", effect: "NoSchedule" });
  await register("control", { labels: { theirs: "1" } });
  const marked = await eventually(
    () => node("control"),
    ({ metadata }) => metadata?.labels?.[role] === "",
    { intervalMs: 20 },
  );
  expect(marked.spec?.taints).toContainEqual({ key: role, effect: "NoSchedule" });

  await machine.state.create(NodeCordonedSpec, "cordoned", {});
  await machine.eventually(NodeStatus, "control", ({ spec }) => spec.unschedulable);
  expect((await node("control")).metadata?.annotations?.["talos.dev/cordoned"]).toBe("true");
  await machine.state.destroy(NodeCordonedSpec, "cordoned");
  await machine.eventually(NodeStatus, "control", ({ spec }) => !spec.unschedulable);

  await machine.state.destroy(NodeLabelSpec, role);
  await machine.eventually(NodeStatus, "control", ({ spec }) => spec.labels[role] === undefined);
  expect((await node("control")).metadata?.labels).toMatchObject({ theirs: "1" });
});

test("a worker's node gets what Kubernetes lets it have, and the rest is told once", async () => {
  await using machine = await machineOf("work", "worker");
  const role = "node-role.kubernetes.io/worker";
  await machine.state.create(NodeLabelSpec, role, { key: role, value: "" });
  await machine.state.create(NodeLabelSpec, "tier", { key: "tier", value: "db" });
  await machine.state.create(NodeTaintSpec, "dedicated", { key: "dedicated", value: "db", effect: "NoSchedule" });
  await register("work");
  await machine.eventually(NodeStatus, "work", ({ spec }) => spec.labels.tier === "db");
  await machine.state.create(NodeCordonedSpec, "cordoned", {});
  await machine.eventually(NodeStatus, "work", ({ spec }) => spec.unschedulable);
  const told = machine.logged.filter((line) => line.includes("cannot give itself"));
  expect(told).toEqual([expect.stringContaining(`label ${role}, taint dedicated`)]);
});

test("the API servers are found where they say they are", async () => {
  await using machine = await machineOf("finder", "controlplane");
  const { addresses } = (await machine.eventually(Endpoint, "kube-apiserver", ({ spec }) => spec.addresses.length > 0))
    .spec;
  const slices = await plane.client.get<KubeObject & { endpoints: { addresses: string[] }[] }>(
    "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes",
  );
  expect(addresses).toEqual(slices.endpoints.flatMap((endpoint) => endpoint.addresses));
});

const pods = "/api/v1/namespaces/default/pods";

/** A pod on a node that has no kubelet: nobody ends it but us. */
async function pod(name: string, nodeName: string, more: object = {}) {
  await plane.client.create(pods, {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, labels: { app: name }, ...more },
    spec: { nodeName, automountServiceAccountToken: false, containers: [{ name: "a", image: "a" }] },
  });
}

const ownedBy = (kind: string) => ({
  ownerReferences: [{ apiVersion: "apps/v1", kind, name: "owner", uid: crypto.randomUUID(), controller: true }],
});

test("a drain evicts what starts again elsewhere, waits for a budget, and ends in time", async () => {
  await register("drained");
  await plane.client.create("/api/v1/namespaces/default/serviceaccounts", {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { name: "default" },
  });
  await pod("replica", "drained", ownedBy("ReplicaSet"));
  await pod("daemon", "drained", ownedBy("DaemonSet"));
  await pod("alone", "drained");
  await pod("protected", "drained", ownedBy("ReplicaSet"));
  const budgets = "/apis/policy/v1/namespaces/default/poddisruptionbudgets";
  await plane.client.create(budgets, {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: { name: "protected" },
    spec: { minAvailable: 1, selector: { matchLabels: { app: "protected" } } },
  });
  const status = { phase: "Running", conditions: [{ type: "Ready", status: "True" }] };
  await plane.client.patch(`${pods}/protected/status`, { status }, "strategic");
  using kubelet = new KubeClient(accessOf(await readFile(await kubeletKubeconfig(plane, "drained"), "utf8")));
  const said: string[] = [];
  const signal = AbortSignal.timeout(240_000);
  const drained = drainNode(kubelet, { node: "drained", signal, retryMs: 50, log: (line) => said.push(line) });
  const isEnding = (name: string) =>
    plane.client.find(`${pods}/${name}`).then((found) => found?.metadata?.deletionTimestamp);
  await eventually(
    () => isEnding("replica"),
    (at) => at !== undefined,
    { intervalMs: 20 },
  );
  // As its kubelet would.
  await plane.client.delete(`${pods}/replica`, { gracePeriodSeconds: 0 } as object);
  expect(await isEnding("protected")).toBeUndefined();
  await plane.client.delete(`${budgets}/protected`);
  await eventually(
    () => isEnding("protected"),
    (at) => at !== undefined,
    { intervalMs: 20 },
  );
  await plane.client.delete(`${pods}/protected`, { gracePeriodSeconds: 0 } as object);
  await drained;
  const left = await plane.client.list(pods, { fieldSelector: "spec.nodeName=drained" });
  expect(left.items.map(({ metadata }) => metadata?.name)).toEqual(["alone", "daemon"]);
  expect(said).toEqual(["evicting 2 of 4 pods of drained"]);
});

test("a machine that shuts down cordons and drains its node first", async () => {
  await using machine = await machineOf("leaving", "controlplane");
  await register("leaving");
  await machine.eventually(NodeStatus, "leaving");
  await pod("moves", "leaving", ownedBy("ReplicaSet"));
  await machine.state.create(MachineStatus, "machine", {
    stage: "shutting down",
    status: { ready: true, unmetConditions: [] },
  });
  const said: string[] = [];
  const drained = cordonAndDrain({
    state: machine.state,
    kubeconfig: join(plane.directory, "kubeconfig-leaving"),
    log: (_, line) => said.push(line),
    signal: AbortSignal.timeout(240_000),
  });
  const isEnding = () => plane.client.get(`${pods}/moves`).then(({ metadata }) => metadata?.deletionTimestamp);
  await eventually(isEnding, (at) => at !== undefined, { intervalMs: 20 });
  expect((await node("leaving")).spec?.unschedulable).toBe(true);
  await plane.client.delete(`${pods}/moves`, { gracePeriodSeconds: 0 } as object);
  await drained;
  expect(said).toEqual(["evicting 1 of 1 pods of leaving"]);
});

test("a pod that does not end is left behind, and told of", async () => {
  await register("stubborn");
  await pod("stays", "stubborn", ownedBy("ReplicaSet"));
  const said: string[] = [];
  const signal = AbortSignal.timeout(240_000);
  await drainNode(plane.client, { node: "stubborn", signal, perPodMs: 100, log: (line) => said.push(line) });
  expect(said.at(-1)).toContain("pod default/stays stays: Cannot wait for its end any longer: 0.1 s have passed");
});

test("credentials that are gone are no status", async () => {
  const path = join(plane.directory, "kubeconfig-gone");
  await writeFile(path, await readFile(await kubeletKubeconfig(plane, "gone"), "utf8"));
  await using machine = await runtimeWith(
    kubeletKubeconfigController({ path, pki: plane.directory }),
    nodeStatusController({ kubeconfig: path }),
  );
  await machine.state.create(Nodename, "nodename", {
    nodename: "gone",
    hostnameVersion: "1",
    skipNodeRegistration: false,
  });
  await register("gone");
  await machine.eventually(NodeStatus, "gone");
  await rm(path);
  await machine.eventuallyGone(NodeStatus, "gone");
  expect(machine.logged).toEqual([]);
});
