import { defineResource } from "../define.ts";
import { prefix, string } from "../fields/index.ts";

/** This machine's key and address in the mesh. */
export const KubeSpanIdentity = defineResource({
  type: "KubeSpanIdentities.kubespan.talos.dev",
  namespace: "kubespan",
  sensitive: true,
  spec: {
    address: prefix(1),
    subnet: prefix(2),
    privateKey: string(3),
    publicKey: string(4),
  },
  columns: { Address: "{.address}", PublicKey: "{.publicKey}" },
});

export type KubeSpanIdentity = typeof KubeSpanIdentity.Type;
