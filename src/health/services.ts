import { api } from "../proto/methods.ts";
import type { ClusterInfo, ClusterNode } from "./cluster.ts";
import { eachNode } from "./each-node.ts";

/** The service runs on each of the nodes, and says that it is well. @throws Error naming those where it does not. */
export async function serviceIsHealthy(
  cluster: ClusterInfo,
  nodes: readonly ClusterNode[],
  id: string,
  signal: AbortSignal,
): Promise<undefined> {
  await eachNode(cluster, nodes, async ({ channel }) => {
    const reply = await channel.unary(api("machine.MachineService/ServiceList"), {}, { signal });
    const service = reply.messages.flatMap(({ services }) => services).find((candidate) => candidate.id === id);
    if (service === undefined) throw new Error(`there is no service ${id} yet`);
    const { state, health, events } = service;
    const last = events?.events.at(-1)?.msg ?? "";
    if (state !== "Running") throw new Error(`${id} is ${state}${last === "" ? "" : ` (${last})`}`);
    if (health?.healthy === true) return;
    throw new Error(
      health?.unknown === false ? `${id} is not healthy: ${health.last_message}` : `${id} was not checked`,
    );
  });
  return undefined;
}
