import type { machine } from "../../../proto/index.ts";
import type { Machine } from "../../machine.ts";
import { listContainers } from "./listing.ts";

/** MachineService/Containers: what containerd has in a namespace, with the state of each. */
export async function containers(
  machine: Machine,
  request: machine.ContainersRequest,
): Promise<machine.ContainersResponse.$Properties> {
  const rows = await listContainers(await machine.containerd(), request.namespace);
  return {
    messages: [
      {
        containers: rows.map((row) => ({
          namespace: row.namespace,
          id: row.displayId,
          uid: row.podUid,
          internal_id: row.internalId,
          image: row.image,
          pid: row.pid,
          status: row.status,
          pod_id: row.podId,
          name: row.name,
          network_namespace: row.networkNamespace,
        })),
      },
    ],
  };
}
