import { expect, test } from "bun:test";
import { type ClusterInfo, type KubernetesObject, nodeAt } from "./cluster.ts";
import { nodesOfKubernetes } from "./discover-nodes.ts";
import { matchNodes, nodesAreReady, nodesAreSchedulable, nodesReport } from "./kubernetes-nodes.ts";
import { componentsAreReady, podsAreReady } from "./kubernetes-pods.ts";

const { signal } = new AbortController();
const label = "node-role.kubernetes.io/control-plane";

function node(name: string, address: string, options: { isControlPlane?: boolean; ready?: string } = {}) {
  const { isControlPlane = false, ready = "True" } = options;
  return {
    metadata: { name, labels: isControlPlane ? { [label]: "" } : {} },
    status: {
      addresses: [
        { type: "Hostname", address: name },
        { type: "InternalIP", address },
      ],
      conditions: [{ type: "Ready", status: ready }],
    },
  } satisfies KubernetesObject;
}

const pod = (name: string, more: Partial<KubernetesObject["status"]> = {}): KubernetesObject => ({
  metadata: { name },
  status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }], containerStatuses: [{}], ...more },
});

/** A cluster of one control plane and one worker whose API server has these objects, by path and label. */
function clusterWith(objects: Readonly<Record<string, readonly KubernetesObject[]>>): ClusterInfo {
  const list = async (path: string, query: { labelSelector?: unknown } = {}) => {
    const items = objects[query.labelSelector === undefined ? path : `${path}?${query.labelSelector}`] ?? [];
    return { items, resourceVersion: "1" };
  };
  return {
    controlPlanes: [nodeAt("10.0.0.2")],
    workers: [nodeAt("10.0.0.3")],
    machine: () => {
      throw new Error("not asked");
    },
    kubernetes: async () => ({ list }) as never,
  };
}

const failure = async (promise: Promise<unknown>): Promise<string> =>
  await promise.then(
    () => "",
    (thrown) => thrown.message,
  );

const pods = "/api/v1/namespaces/kube-system/pods";
const twoNodes = [node("cp-1", "10.0.0.2", { isControlPlane: true }), node("w-1", "10.0.0.3")];

test("each machine is a node, and each node a machine", async () => {
  expect(await nodesReport(clusterWith({ "/api/v1/nodes": twoNodes }), signal)).toBeUndefined();
  const wrong = clusterWith({ "/api/v1/nodes": [node("w-1", "10.0.0.3"), node("old", "10.0.0.9")] });
  expect(await failure(nodesReport(wrong, signal))).toBe(
    "10.0.0.2 is no node yet; node old (10.0.0.9) is none of the machines",
  );
});

test("a machine with several addresses is the node that has one of them", () => {
  const machine = { address: "fd00::2", addresses: ["fd00::2", "10.0.0.2"] };
  expect(() => matchNodes([machine], [node("cp-1", "10.0.0.2")])).not.toThrow();
  expect(() => matchNodes([machine, machine], [node("cp-1", "10.0.0.2")])).toThrow("fd00::2 is no node yet");
});

test("nodes that are not ready or cordoned are named", async () => {
  const nodes = [...twoNodes, node("w-2", "10.0.0.4", { ready: "Unknown" })];
  const cluster = clusterWith({ "/api/v1/nodes": nodes });
  expect(await failure(nodesAreReady(cluster, signal))).toBe("nodes are not ready: w-2");
  expect(await nodesAreSchedulable(cluster, signal)).toBeUndefined();
  const cordoned = clusterWith({ "/api/v1/nodes": [{ ...node("cp-1", "10.0.0.2"), spec: { unschedulable: true } }] });
  expect(await failure(nodesAreSchedulable(cordoned, signal))).toBe("nodes are cordoned: cp-1");
});

test("each component runs once a control plane, and is ready", async () => {
  const components = (ready: string): Record<string, readonly KubernetesObject[]> =>
    Object.fromEntries(
      ["kube-apiserver", "kube-controller-manager", "kube-scheduler"].map((name) => [
        `${pods}?k8s-app=${name}`,
        [pod(`${name}-cp-1`, { conditions: [{ type: "Ready", status: ready }] })],
      ]),
    );
  const nodes = { "/api/v1/nodes": twoNodes };
  expect(await componentsAreReady(clusterWith({ ...nodes, ...components("True") }), signal)).toBeUndefined();
  expect(await failure(componentsAreReady(clusterWith({ ...nodes, ...components("False") }), signal))).toBe(
    "kube-apiserver-cp-1 not ready",
  );
  expect(await failure(componentsAreReady(clusterWith(nodes), signal))).toBe("kube-apiserver has 0 pods of 1");
});

test("a pod is not unready for a node that has become ready since", async () => {
  const conditions = [
    { type: "Ready", status: "False" },
    { type: "ContainersReady", status: "True" },
  ];
  const path = "/apis/apps/v1/namespaces/kube-system/daemonsets?k8s-app=kube-proxy";
  const proxies = async (ready: string) => {
    const daemons = { metadata: { name: "kube-proxy" }, status: { desiredNumberScheduled: 1 } };
    const proxy = { ...pod("kube-proxy-1", { conditions }), spec: { nodeName: "w-1" } };
    const objects = { [path]: [daemons], [`${pods}?k8s-app=kube-proxy`]: [proxy] };
    const cluster = clusterWith({ ...objects, "/api/v1/nodes": [node("w-1", "10.0.0.3", { ready })] });
    return await podsAreReady(cluster, "daemonsets", "kube-proxy", signal).catch((thrown) => thrown.message);
  };
  expect(await proxies("False")).toBe("kube-proxy-1 not ready");
  expect(await proxies("True")).toBe("OK");
});

test("pods that are gone, failed or ended do not count, and what nobody wants is passed over", async () => {
  const deployment = { metadata: { name: "coredns" }, spec: { replicas: 2 } };
  const path = "/apis/apps/v1/namespaces/kube-system/deployments?k8s-app=kube-dns";
  const cluster = (...found: readonly KubernetesObject[]) =>
    clusterWith({ [path]: [deployment], [`${pods}?k8s-app=kube-dns`]: found });
  const dns = (of: ClusterInfo) => podsAreReady(of, "deployments", "kube-dns", signal);
  const leftover = pod("old", { containerStatuses: [{ state: { terminated: {} } }] });
  expect(await dns(cluster(pod("a"), pod("b"), leftover, pod("c", { phase: "Failed" })))).toBe("OK");
  expect(await failure(dns(cluster(pod("a"))))).toBe("1 pods of 2");
  expect(await failure(dns(cluster(pod("a"), pod("b", { conditions: [] }))))).toBe("b not ready");
  expect(await dns(clusterWith({}))).toBe("SKIP");
});

test("nodes of Kubernetes are told apart by the label of control planes", async () => {
  const nodes = await nodesOfKubernetes(clusterWith({ "/api/v1/nodes": twoNodes }), signal);
  expect(nodes.controlPlanes.map(({ address }) => address)).toEqual(["10.0.0.2"]);
  expect(nodes.workers.map(({ address }) => address)).toEqual(["10.0.0.3"]);
});
