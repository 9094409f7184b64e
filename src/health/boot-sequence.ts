import { MachineStatus } from "../resources/runtime/machine-status.ts";
import { allNodes, type ClusterInfo } from "./cluster.ts";
import { eachNode } from "./each-node.ts";

/** Every machine has finished to boot. @throws Error naming the stage of those that have not. */
export async function bootsAreFinished(cluster: ClusterInfo): Promise<undefined> {
  await eachNode(cluster, allNodes(cluster), async ({ state }) => {
    const stage = (await state.get(MachineStatus, "machine"))?.spec.stage ?? "unknown";
    if (stage !== "running") throw new Error(`its stage is ${stage}`);
  });
  return undefined;
}
