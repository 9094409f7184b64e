import type { State } from "../cosi/state.ts";
import { Member } from "../resources/cluster/member.ts";
import type { ClusterInfo, ClusterNode } from "./cluster.ts";
import { addressesOf, isControlPlane, nodesOf } from "./kubernetes-nodes.ts";

export interface ClusterNodes {
  readonly controlPlanes: readonly ClusterNode[];
  readonly workers: readonly ClusterNode[];
}

/** The machines of the cluster as one of them knows them; none while it knows nobody. */
export async function membersOf(state: Pick<State, "list">): Promise<ClusterNodes> {
  const members = (await state.list(Member)).flatMap(({ spec }) => {
    const [address] = spec.addresses;
    return address === undefined ? [] : [{ type: spec.machineType, address, addresses: spec.addresses }];
  });
  const isWorker = ({ type }: (typeof members)[number]) => type === "worker";
  return { controlPlanes: members.filter((member) => !isWorker(member)), workers: members.filter(isWorker) };
}

/** The machines of the cluster as Kubernetes knows them. @throws Error when it does not answer. */
export async function nodesOfKubernetes(
  cluster: Pick<ClusterInfo, "kubernetes">,
  signal: AbortSignal,
): Promise<ClusterNodes> {
  const nodes = (await nodesOf(cluster, signal)).flatMap((node) => {
    const addresses = addressesOf(node);
    const [address] = addresses;
    return address === undefined ? [] : [{ isControlPlane: isControlPlane(node), address, addresses }];
  });
  return {
    controlPlanes: nodes.filter((node) => node.isControlPlane),
    workers: nodes.filter((node) => !node.isControlPlane),
  };
}
