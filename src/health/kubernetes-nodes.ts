import { allNodes, type ClusterInfo, type ClusterNode, type KubernetesObject, namesOf, objectsAt } from "./cluster.ts";

const path = "/api/v1/nodes";
const controlPlaneLabel = "node-role.kubernetes.io/control-plane";

/** Kubernetes knows every machine, and no other. */
export async function nodesReport(cluster: ClusterInfo, signal: AbortSignal): Promise<undefined> {
  matchNodes(allNodes(cluster), await nodesOf(cluster, signal));
  return undefined;
}

/** The nodes that Kubernetes takes for control planes are those that are. */
export async function controlPlaneNodes(cluster: ClusterInfo, signal: AbortSignal): Promise<number> {
  const labelled = (await nodesOf(cluster, signal)).filter(isControlPlane);
  matchNodes(cluster.controlPlanes, labelled);
  return labelled.length;
}

export async function nodesAreReady(cluster: ClusterInfo, signal: AbortSignal): Promise<undefined> {
  refuse(
    "not ready",
    (await nodesOf(cluster, signal)).filter((node) => !isReady(node)),
  );
  return undefined;
}

export async function nodesAreSchedulable(cluster: ClusterInfo, signal: AbortSignal): Promise<undefined> {
  refuse(
    "cordoned",
    (await nodesOf(cluster, signal)).filter(({ spec }) => spec?.unschedulable === true),
  );
  return undefined;
}

export const isControlPlane = ({ metadata }: KubernetesObject): boolean =>
  metadata?.labels?.[controlPlaneLabel] !== undefined;

/** Its condition Ready is true; a pod or node without one is not. */
export const isReady = (object: KubernetesObject): boolean => isTrue(object, "Ready");

/** A condition of a node or pod. */
export const isTrue = ({ status }: KubernetesObject, type: string): boolean =>
  status?.conditions?.some((condition) => condition.type === type && condition.status === "True") ?? false;

export const nodesOf = (
  cluster: Pick<ClusterInfo, "kubernetes">,
  signal: AbortSignal,
): Promise<readonly KubernetesObject[]> => objectsAt(cluster, path, undefined, signal);

function refuse(what: string, nodes: readonly KubernetesObject[]): void {
  if (nodes.length > 0) throw new Error(`nodes are ${what}: ${namesOf(nodes)}`);
}

/** Each machine is the node that shares an address with it. @throws Error naming who is missing or too many. */
export function matchNodes(machines: readonly ClusterNode[], nodes: readonly KubernetesObject[]): void {
  const unmatched = new Set(nodes);
  const missing = machines.filter(({ addresses }) => {
    const node = unmatched.values().find((candidate) => addressesOf(candidate).some((at) => addresses.includes(at)));
    return node === undefined || !unmatched.delete(node);
  });
  const faults = [
    ...missing.map(({ address }) => `${address} is no node yet`),
    ...unmatched.values().map((node) => `node ${node.metadata?.name} (${addressesOf(node)}) is none of the machines`),
  ];
  if (faults.length > 0) throw new Error(faults.join("; "));
}

export const addressesOf = ({ status }: KubernetesObject): readonly string[] =>
  (status?.addresses ?? []).flatMap(({ type, address }) => (/^(In|Ex)ternalIP$/.test(type) ? [address] : []));
