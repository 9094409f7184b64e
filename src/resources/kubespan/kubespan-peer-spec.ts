import { defineResource } from "../define.ts";
import { address, addressPort, prefix, string } from "../fields/index.ts";

/** A peer that the mesh should have; the id is its public key. */
export const KubeSpanPeerSpec = defineResource({
  type: "KubeSpanPeerSpecs.kubespan.talos.dev",
  namespace: "kubespan",
  spec: {
    address: address(1),
    allowedIPs: prefix(2).list(),
    endpoints: addressPort(3).list(),
    label: string(4),
  },
  columns: { Label: "{.label}", Endpoints: "{.endpoints}" },
});

export type KubeSpanPeerSpec = typeof KubeSpanPeerSpec.Type;
