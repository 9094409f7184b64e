import { defineResource } from "../define.ts";
import { boolean, string } from "../fields/index.ts";

/** Whether the local load balancer of API servers works. */
export const KubePrismStatus = defineResource({
  type: "KubePrismStatuses.kubernetes.talos.dev",
  namespace: "k8s",
  spec: {
    host: string(1),
    healthy: boolean(2),
  },
  columns: { HOST: "{.host}", HEALTHY: "{.healthy}" },
});

export type KubePrismStatus = typeof KubePrismStatus.Type;
