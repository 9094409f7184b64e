import { defineResource } from "../define.ts";
import { message } from "../fields/index.ts";
import { kubeprismTargetFields } from "./kubeprism-target.ts";

/** Where the API servers are, for the local load balancer. */
export const KubePrismEndpoint = defineResource({
  type: "KubePrismEndpoints.kubernetes.talos.dev",
  namespace: "k8s",
  spec: {
    endpoints: message(1, kubeprismTargetFields).list(),
  },
  columns: { Hosts: "{.endpoints[*].host}", Ports: "{.endpoints[*].port}" },
});

export type KubePrismEndpoint = typeof KubePrismEndpoint.Type;
