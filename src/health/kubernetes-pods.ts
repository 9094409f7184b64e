import { StaticPodStatus } from "../resources/k8s/static-pod-status.ts";
import type { CheckOutcome } from "./check.ts";
import { type ClusterInfo, type KubernetesObject, namesOf, objectsAt } from "./cluster.ts";
import { eachNode } from "./each-node.ts";
import { controlPlaneNodes, isReady, isTrue, nodesOf } from "./kubernetes-nodes.ts";

const components = ["kube-apiserver", "kube-controller-manager", "kube-scheduler"] as const;
const pods = "/api/v1/namespaces/kube-system/pods";

/** The kubelet of each control plane runs the pods that make it one. */
export async function staticPodsRun(cluster: ClusterInfo): Promise<undefined> {
  await eachNode(cluster, cluster.controlPlanes, async ({ state }) => {
    const statuses = (await state.list(StaticPodStatus)).map(({ metadata }) => metadata.id);
    const missing = components.filter((name) => !statuses.some((id) => id.startsWith(`kube-system/${name}`)));
    if (missing.length > 0) throw new Error(`its kubelet does not run ${missing.join(", ")} yet`);
  });
  return undefined;
}

/** Kubernetes sees each component once a control plane, and ready. */
export async function componentsAreReady(cluster: ClusterInfo, signal: AbortSignal): Promise<undefined> {
  const expected = await controlPlaneNodes(cluster, signal);
  const counts = await Promise.all(
    components.map(async (name) => ({ name, found: await objectsAt(cluster, pods, name, signal) })),
  );
  for (const { name, found } of counts) {
    if (found.length !== expected) throw new Error(`${name} has ${found.length} pods of ${expected}`);
    const waiting = await notReady(cluster, found, signal);
    if (waiting.length > 0) throw new Error(`${namesOf(waiting)} not ready`);
  }
  return undefined;
}

/** The pods of a DaemonSet or Deployment of kube-system are as many as it wants, and ready; none is wanted without it. */
export async function podsAreReady(
  cluster: ClusterInfo,
  kind: "daemonsets" | "deployments",
  app: string,
  signal: AbortSignal,
): Promise<CheckOutcome> {
  const wanted = await replicasOf(cluster, kind, app, signal);
  if (wanted === undefined) return "SKIP";
  const alive = (await objectsAt(cluster, pods, app, signal)).filter(isAlive);
  const waiting = await notReady(cluster, alive, signal);
  if (waiting.length > 0) throw new Error(`${namesOf(waiting)} not ready`);
  if (alive.length !== wanted) throw new Error(`${alive.length} pods of ${wanted}`);
  if (alive.length === 0) throw new Error("it has no pods yet");
  return "OK";
}

/**
 * Those that are not ready. Kubernetes also calls unready what runs on a node that was not ready yet; when the node is,
 * its kubelet, which has seen the containers ready all along, corrects that only with its next report, ten seconds later.
 */
async function notReady(
  cluster: ClusterInfo,
  found: readonly KubernetesObject[],
  signal: AbortSignal,
): Promise<KubernetesObject[]> {
  const unready = found.filter((pod) => !isReady(pod));
  if (!unready.some((pod) => isTrue(pod, "ContainersReady"))) return unready;
  const readyNodes = new Set((await nodesOf(cluster, signal)).filter(isReady).map(({ metadata }) => metadata?.name));
  return unready.filter((pod) => !isTrue(pod, "ContainersReady") || !readyNodes.has(pod.spec?.nodeName));
}

/** How many pods it wants; undefined when there is no such thing. */
async function replicasOf(
  cluster: ClusterInfo,
  kind: "daemonsets" | "deployments",
  app: string,
  signal: AbortSignal,
): Promise<number | undefined> {
  const [found] = await objectsAt(cluster, `/apis/apps/v1/namespaces/kube-system/${kind}`, app, signal);
  if (found === undefined) return undefined;
  return kind === "daemonsets" ? (found.status?.desiredNumberScheduled ?? 0) : (found.spec?.replicas ?? 1);
}

/** Neither going, nor failed, nor ended: a node that shut down leaves such pods behind. */
function isAlive({ metadata, status }: KubernetesObject): boolean {
  if (metadata?.deletionTimestamp !== undefined || status?.phase === "Failed") return false;
  const containers = status?.containerStatuses ?? [];
  return containers.length === 0 || containers.some(({ state }) => state?.terminated == null);
}
