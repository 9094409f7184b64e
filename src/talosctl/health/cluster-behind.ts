import { wireState } from "../../cosi/wire/wire-state.ts";
import { Failure } from "../../errors/failure.ts";
import type { Channel } from "../../grpc/client/channel.ts";
import { type ClusterInfo, nodeAt } from "../../health/cluster.ts";
import { type ClusterNodes, membersOf, nodesOfKubernetes } from "../../health/discover-nodes.ts";
import { kubernetesAccess } from "../../health/kubernetes-access.ts";
import { machinesBehind } from "../../health/machine-access.ts";
import { kubeconfigFrom } from "../../health/machine-kubeconfig.ts";
import { resourceType } from "../../resources/registry.ts";

export interface ClusterChoice {
  readonly channel: Channel;
  /** Addresses by which the endpoint reaches the nodes; without any it is asked whom it knows. */
  readonly controlPlanes?: readonly string[];
  readonly workers?: readonly string[];
  /** Where the API server is reached, when that is not where the kubeconfig says. */
  readonly kubernetesEndpoint?: string;
  /** Ends the search for nodes when none are named. */
  readonly signal?: AbortSignal;
}

const searchTimeoutMs = 20_000;

/** A cluster as seen from here, for the checks of src/health. @throws Failure when its nodes are not known. */
export async function clusterBehind(choice: ClusterChoice): Promise<ClusterInfo & Disposable> {
  const { channel, kubernetesEndpoint } = choice;
  const nodes = await nodesOf(choice);
  const machine = machinesBehind(channel);
  const [first] = nodes.controlPlanes;
  const kubernetes = kubernetesAccess({
    async kubeconfig(signal) {
      if (first === undefined) throw new Failure("Cannot reach Kubernetes: no control plane node is known");
      return await kubeconfigFrom(machine(first.address).channel, signal);
    },
    ...(kubernetesEndpoint !== undefined && { endpoint: kubernetesEndpoint }),
  });
  return { ...nodes, machine, kubernetes: kubernetes.open, [Symbol.dispose]: kubernetes[Symbol.dispose] };
}

async function nodesOf(choice: ClusterChoice): Promise<ClusterNodes> {
  const { channel, controlPlanes = [], workers = [], kubernetesEndpoint } = choice;
  if (controlPlanes.length + workers.length > 0) {
    return { controlPlanes: controlPlanes.map(nodeAt), workers: workers.map(nodeAt) };
  }
  const members = await membersOf(wireState(channel, resourceType));
  if (members.controlPlanes.length > 0) return members;
  // Where machines do not look for each other, Kubernetes knows those that are nodes already.
  using kubernetes = kubernetesAccess({
    kubeconfig: (signal) => kubeconfigFrom(channel, signal),
    ...(kubernetesEndpoint !== undefined && { endpoint: kubernetesEndpoint }),
  });
  const signal = choice.signal ?? AbortSignal.timeout(searchTimeoutMs);
  const nodes = await nodesOfKubernetes({ kubernetes: kubernetes.open }, signal).catch(() => undefined);
  if (nodes !== undefined && nodes.controlPlanes.length > 0) return nodes;
  throw new Failure("Cannot tell which nodes the cluster has: the machine knows of no control plane", {
    hint: "Name them with --control-plane-nodes and --worker-nodes",
  });
}
