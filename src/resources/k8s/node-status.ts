import { defineResource } from "../define.ts";
import { boolean, mapOf, prefix, string } from "../fields/index.ts";

/** This machine's node as the API server has it. */
export const NodeStatus = defineResource({
  type: "NodeStatuses.kubernetes.talos.dev",
  namespace: "k8s",
  spec: {
    nodename: string(1),
    nodeReady: boolean(2),
    unschedulable: boolean(3),
    labels: mapOf(4, string(2)),
    annotations: mapOf(5, string(2)),
    podCIDRs: prefix(6).list(),
  },
  columns: { Ready: "{.nodeReady}", Unschedulable: "{.unschedulable}" },
});

export type NodeStatus = typeof NodeStatus.Type;
