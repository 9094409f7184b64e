import { defineResource } from "../define.ts";
import { string } from "../fields/index.ts";

/** Which of the machine's addresses the kubelet may use. */
export const NodeIPConfig = defineResource({
  type: "NodeIPConfigs.kubernetes.talos.dev",
  namespace: "k8s",
  spec: {
    validSubnets: string(1).list().optional(),
    excludeSubnets: string(2).list(),
  },
});

export type NodeIPConfig = typeof NodeIPConfig.Type;
