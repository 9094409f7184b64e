import { namespaceOf } from "../commands/namespace.ts";
import type { Client } from "./client.ts";

/** Pods that have a network of their own: `namespace/name` by the network's name, by node. */
export type PodNetworks = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Asks the nodes for their pods' networks. Sandboxes have them, and are listed under their pod's own id. */
export async function podNetworks(client: Client): Promise<PodNetworks> {
  const replies = await client.call("machine.MachineService/Containers", namespaceOf(true));
  return new Map(
    replies.map(({ node, message: { containers } }) => {
      const pods = containers.filter(({ id, pod_id, pid, network_namespace }) => {
        return id === pod_id && pid !== 0 && network_namespace !== "";
      });
      return [node, new Map(pods.map(({ id, network_namespace }) => [network_namespace, id]))];
    }),
  );
}
