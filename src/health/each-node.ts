import { messageOf } from "../errors/message.ts";
import type { ClusterInfo, ClusterNode, MachineAccess } from "./cluster.ts";

/**
 * Looks at all the nodes at once.
 * @throws Error naming every node that misses something, in order, with what.
 */
export async function eachNode<T>(
  cluster: ClusterInfo,
  nodes: readonly ClusterNode[],
  look: (machine: MachineAccess, node: ClusterNode) => Promise<T>,
): Promise<T[]> {
  const outcomes = await Promise.allSettled(nodes.map((node) => look(cluster.machine(node.address), node)));
  const missing = outcomes.flatMap((outcome, index) =>
    outcome.status === "rejected" ? [`${nodes[index]?.address}: ${messageOf(outcome.reason)}`] : [],
  );
  if (missing.length > 0) throw new Error(missing.join("; "));
  return outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
}
