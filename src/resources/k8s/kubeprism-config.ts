import { defineResource } from "../define.ts";
import { int64, message, string } from "../fields/index.ts";
import { kubeprismTargetFields } from "./kubeprism-target.ts";

/** What the local load balancer of API servers listens on and forwards to. */
export const KubePrismConfig = defineResource({
  type: "KubePrismConfigs.kubernetes.talos.dev",
  namespace: "k8s",
  spec: {
    host: string(1),
    port: int64(2),
    endpoints: message(3, kubeprismTargetFields).list(),
  },
  columns: { Host: "{.host}", Port: "{.port}", Endpoints: "{.endpoints}" },
});

export type KubePrismConfig = typeof KubePrismConfig.Type;
