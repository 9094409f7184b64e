import type { State } from "../cosi/state.ts";
import type { Channel } from "../grpc/client/channel.ts";
import type { KubeClient } from "../kube/client.ts";
import type { KubeObject } from "../kube/object.ts";

/** A machine of the cluster, by its addresses. */
export interface ClusterNode {
  /** The one that it is asked by. */
  readonly address: string;
  /** All of them, `address` included. */
  readonly addresses: readonly string[];
}

/** The API of one machine. */
export interface MachineAccess {
  readonly channel: Channel;
  /** Its resources. */
  readonly state: State;
}

/** A node, pod, DaemonSet or Deployment, as far as checks look. */
export interface KubernetesObject extends KubeObject {
  readonly spec?: { readonly unschedulable?: boolean; readonly replicas?: number; readonly nodeName?: string };
  readonly status?: {
    readonly phase?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly addresses?: readonly { readonly type: string; readonly address: string }[];
    readonly containerStatuses?: readonly { readonly state?: { readonly terminated?: unknown } }[];
    readonly desiredNumberScheduled?: number;
  };
}

/** What checks ask of a Kubernetes client. */
export type Kubernetes = Pick<KubeClient, "list">;

/** What is to be healthy, and how it is asked. */
export interface ClusterInfo {
  readonly controlPlanes: readonly ClusterNode[];
  readonly workers: readonly ClusterNode[];
  /** The machine API, as one node answers it. */
  machine(node: string): MachineAccess;
  /** @throws Error while no control plane gives access. */
  kubernetes(signal: AbortSignal): Promise<Kubernetes>;
}

export const allNodes = ({ controlPlanes, workers }: Pick<ClusterInfo, "controlPlanes" | "workers">) => [
  ...controlPlanes,
  ...workers,
];

/** A machine that is known by one address. */
export const nodeAt = (address: string): ClusterNode => ({ address, addresses: [address] });

/** The objects at a path, such as `/api/v1/nodes`, of one app if it is given. */
export async function objectsAt(
  cluster: Pick<ClusterInfo, "kubernetes">,
  path: string,
  app: string | undefined,
  signal: AbortSignal,
): Promise<readonly KubernetesObject[]> {
  const kubernetes = await cluster.kubernetes(signal);
  const query = { labelSelector: app === undefined ? undefined : `k8s-app=${app}` };
  return (await kubernetes.list<KubernetesObject>(path, query, signal)).items;
}

export const namesOf = (objects: readonly KubernetesObject[]): string =>
  objects.map(({ metadata }) => metadata?.name ?? "").join(", ");
