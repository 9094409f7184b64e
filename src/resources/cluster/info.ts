import { defineResource } from "../define.ts";
import { string } from "../fields/index.ts";

/** Which cluster this machine belongs to. */
export const Info = defineResource({
  type: "Infos.cluster.talos.dev",
  namespace: "cluster",
  spec: {
    clusterId: string(1),
    clusterName: string(2),
  },
  columns: { "Cluster ID": "{.clusterId}", "Cluster Name": "{.clusterName}" },
});

export type Info = typeof Info.Type;
