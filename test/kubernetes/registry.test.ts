import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { affiliateMergeController } from "../../src/controllers/cluster/affiliate-merge.ts";
import { kubernetesPullController } from "../../src/controllers/cluster/kubernetes-pull.ts";
import { kubernetesPushController } from "../../src/controllers/cluster/kubernetes-push.ts";
import { memberController } from "../../src/controllers/cluster/member.ts";
import { kubeletKubeconfigController } from "../../src/controllers/k8s/kubelet-kubeconfig.ts";
import { nodeStatusController } from "../../src/controllers/k8s/node-status.ts";
import { runtimeWith, type TestRuntime } from "../../src/cosi/testing.ts";
import { mayDo } from "../../src/kube/access-review.ts";
import { KubeClient } from "../../src/kube/client.ts";
import { accessOf } from "../../src/kube/kubeconfig.ts";
import type { KubeObject } from "../../src/kube/object.ts";
import { Affiliate } from "../../src/resources/cluster/affiliate.ts";
import { DiscoveryConfig } from "../../src/resources/cluster/discovery-config.ts";
import { Identity } from "../../src/resources/cluster/identity.ts";
import { Member } from "../../src/resources/cluster/member.ts";
import { MachineType } from "../../src/resources/config/machine-type.ts";
import { Nodename } from "../../src/resources/k8s/nodename.ts";
import { KubernetesSecret } from "../../src/resources/secrets/kubernetes-secret.ts";
import { type ControlPlane, startControlPlane } from "../support/control-plane.ts";
import { eventually } from "../support/eventually.ts";
import { kubeletKubeconfig } from "./kubelet-identity.ts";

let plane: ControlPlane;
beforeAll(async () => {
  plane = await startControlPlane();
}, 480_000);
afterAll(() => plane[Symbol.asyncDispose]());

const discovery: DiscoveryConfig = {
  discoveryEnabled: true,
  registryKubernetesEnabled: true,
  registryServiceEnabled: false,
  serviceEndpoint: "",
  serviceEncryptionKey: new Uint8Array(),
  serviceClusterID: "",
};

async function machineOf(name: string, type: "controlplane" | "worker", address: string): Promise<TestRuntime> {
  const kubeconfig = await kubeletKubeconfig(plane, name);
  const machine = await runtimeWith(
    kubeletKubeconfigController({ path: kubeconfig, pki: plane.directory }),
    nodeStatusController({ kubeconfig }),
    kubernetesPushController({ kubeconfig }),
    kubernetesPullController({ kubeconfig }),
    affiliateMergeController(),
    memberController(),
  );
  await machine.state.create(MachineType, "machine-type", { type });
  await machine.state.create(Nodename, "nodename", {
    nodename: name,
    hostnameVersion: "1",
    skipNodeRegistration: false,
  });
  const secrets = (await plane.machine.eventually(KubernetesSecret, "k8s-certs")).spec;
  if (type === "controlplane") await machine.state.create(KubernetesSecret, "k8s-certs", secrets);
  await machine.state.create(Identity, "local", { nodeId: `id-${name}` });
  await machine.state.create(Affiliate, `id-${name}`, {
    nodeId: `id-${name}`,
    addresses: [address],
    hostname: name,
    nodename: name,
    operatingSystem: "Talos (v1.12.8)",
    machineType: type,
    ...(type === "controlplane" && { controlPlane: { port: 6_443 } }),
  });
  await machine.state.create(DiscoveryConfig, "cluster", discovery);
  const role = { "node-role.kubernetes.io/control-plane": "" };
  const labels = type === "controlplane" ? role : {};
  await plane.client.create("/api/v1/nodes", { apiVersion: "v1", kind: "Node", metadata: { name, labels } });
  return machine;
}

const rbac = "/apis/rbac.authorization.k8s.io/v1";

/** What an owner may do who wants workers to know each other. */
async function grantNodes(): Promise<void> {
  const [apiGroup, name] = ["rbac.authorization.k8s.io", "workers-see-nodes"];
  const object = { apiVersion: `${apiGroup}/v1`, metadata: { name } };
  const rules = [{ apiGroups: [""], resources: ["nodes"], verbs: ["list", "watch"] }];
  const subjects = [{ apiGroup, kind: "Group", name: "system:nodes" }];
  await plane.client.create(`${rbac}/clusterroles`, { ...object, kind: "ClusterRole", rules } as KubeObject);
  const binding = { ...object, kind: "ClusterRoleBinding", roleRef: { apiGroup, kind: "ClusterRole", name }, subjects };
  await plane.client.create(`${rbac}/clusterrolebindings`, binding as KubeObject);
}

/** The server hears of what is granted a moment after it was. */
async function untilGranted(): Promise<void> {
  using kubelet = new KubeClient(accessOf(await readFile(await kubeletKubeconfig(plane, "another"), "utf8")));
  const { signal } = new AbortController();
  await eventually(() => mayDo(kubelet, { verb: "list", resource: "nodes" }, signal), Boolean, { intervalMs: 20 });
}

test("machines of a control plane find each other, and the workers, by their nodes", async () => {
  await using first = await machineOf("first", "controlplane", "10.0.0.1");
  await using second = await machineOf("second", "controlplane", "10.0.0.2");
  await using worker = await machineOf("worker", "worker", "10.0.0.3");
  const found = await first.eventually(Member, "second", ({ spec }) => spec.controlPlane?.port === 6_443);
  expect(found.spec).toMatchObject({ nodeId: "id-second", addresses: ["10.0.0.2"], machineType: "controlplane" });
  await second.eventually(Member, "first", ({ spec }) => spec.addresses.includes("10.0.0.1"));
  await first.eventually(Member, "worker", ({ spec }) => spec.machineType === "worker");

  // A kubelet may not see other nodes: it says so, once, and knows itself.
  await worker.eventually(Member, "worker");
  expect(await worker.state.get(Member, "first")).toBeUndefined();
  const alone = expect.stringContaining("shows this worker no node but its own");
  await eventually(
    async () => worker.logged,
    ({ length }) => length > 0,
    { intervalMs: 20 },
  );
  expect(worker.logged).toEqual([alone]);
  await grantNodes();
  await untilGranted();
  await worker.state.modify(DiscoveryConfig, "cluster", () => ({ ...discovery, serviceClusterID: "changed" }));
  await worker.eventually(Member, "first");

  // Addresses that change are told; a node that goes is forgotten, and so are all when the registry is left.
  await second.state.modify(Affiliate, "id-second", (spec) => ({ ...(spec as Affiliate), addresses: ["10.0.0.9"] }));
  await first.eventually(Member, "second", ({ spec }) => spec.addresses.includes("10.0.0.9"));
  await plane.client.delete("/api/v1/nodes/worker");
  await first.eventuallyGone(Member, "worker");
  await first.state.modify(DiscoveryConfig, "cluster", () => ({ ...discovery, registryKubernetesEnabled: false }));
  await first.eventuallyGone(Member, "second");
});
