import { defineResource } from "../define.ts";
import { certificate, string, url } from "../fields/index.ts";

/** How the kubelet reaches the API server for the first time. */
export const KubeletSecret = defineResource({
  type: "KubeletSecrets.secrets.talos.dev",
  namespace: "secrets",
  sensitive: true,
  spec: {
    endpoint: url(1),
    acceptedCAs: certificate(5).list(),
    bootstrapTokenID: string(3),
    bootstrapTokenSecret: string(4),
  },
});

export type KubeletSecret = typeof KubeletSecret.Type;
