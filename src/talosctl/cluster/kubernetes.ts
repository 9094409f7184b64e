import { durableWrite } from "../../files/durable-write.ts";
import { healthChecks, machineChecks } from "../../health/checks.ts";
import { kubeconfigFrom } from "../../health/machine-kubeconfig.ts";
import { openClient } from "../client/open.ts";
import { clusterBehind } from "../health/cluster-behind.ts";
import { waitUntilHealthy } from "../health/wait-until-healthy.ts";
import type { ClusterDirectory } from "./directory.ts";
import type { Progress } from "./progress.ts";
import type { NodeRole, NodeState } from "./state.ts";

export interface KubernetesWait {
  readonly directory: ClusterDirectory;
  readonly nodes: readonly NodeState[];
  /** Also for Kubernetes: its nodes are ready, and what every cluster runs. */
  readonly untilNodesReady: boolean;
  /** Write a kubeconfig for the administrator. */
  readonly kubeconfig: boolean;
  /** How long each condition may take. */
  readonly checkTimeoutMs: number;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/**
 * Waits until what was begun has become a cluster, as `talosctl health` does, and gets its administrator's kubeconfig.
 * @throws Failure naming the condition that does not come true.
 */
export async function waitForKubernetes(wait: KubernetesWait): Promise<void> {
  const { directory, nodes, untilNodesReady, progress, signal, checkTimeoutMs } = wait;
  const addresses = (role: NodeRole) => nodes.filter((node) => node.role === role).map(({ address }) => address);
  using client = await openClient({
    ...{ talosconfig: directory.talosconfig, nodes: [], endpoints: [] },
    ...{ context: undefined, cluster: undefined, siderov1KeysDir: undefined },
  });
  using cluster = await clusterBehind({
    channel: client.channel,
    controlPlanes: addresses("controlplane"),
    workers: addresses("worker"),
  });
  const checks = untilNodesReady ? healthChecks(cluster) : machineChecks(cluster);
  await waitUntilHealthy(cluster, { progress, signal, checks, checkTimeoutMs });
  const [first = ""] = addresses("controlplane");
  if (wait.kubeconfig)
    await durableWrite(directory.kubeconfig, await kubeconfigFrom(cluster.machine(first).channel, signal));
}
