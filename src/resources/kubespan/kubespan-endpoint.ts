import { defineResource } from "../define.ts";
import { addressPort, string } from "../fields/index.ts";

/** Where a peer of the mesh was last seen. */
export const KubeSpanEndpoint = defineResource({
  type: "KubeSpanEndpoints.kubespan.talos.dev",
  namespace: "kubespan",
  spec: {
    affiliateID: string(1),
    endpoint: addressPort(2),
  },
  columns: { Endpoint: "{.endpoint}", "Affiliate ID": "{.affiliateID}" },
});

export type KubeSpanEndpoint = typeof KubeSpanEndpoint.Type;
