import { defineResource } from "../define.ts";
import { string } from "../fields/index.ts";

/** Who this machine is to the cluster. */
export const Identity = defineResource({
  type: "Identities.cluster.talos.dev",
  namespace: "cluster",
  spec: {
    nodeId: string(1),
  },
  columns: { ID: "{.nodeId}" },
});

export type Identity = typeof Identity.Type;
