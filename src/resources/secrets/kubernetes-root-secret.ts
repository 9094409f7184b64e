import { defineResource } from "../define.ts";
import { address, certificate, certificateAndKey, privateKey, string, url } from "../fields/index.ts";

/** Certificate authorities and keys of Kubernetes. */
export const KubernetesRootSecret = defineResource({
  type: "KubernetesRootSecrets.secrets.talos.dev",
  namespace: "secrets",
  sensitive: true,
  spec: {
    name: string(1),
    endpoint: url(2),
    local_endpoint: url(3),
    certSANs: string(4).list(),
    apiServerIPs: address(14).list(),
    dnsDomain: string(6),
    issuingCA: certificateAndKey(7),
    acceptedCAs: certificate(15).list(),
    serviceAccount: privateKey(8),
    aggregatorCA: certificateAndKey(9),
    aesCBCEncryptionSecret: string(10),
    bootstrapTokenID: string(11),
    bootstrapTokenSecret: string(12),
    secretboxEncryptionSecret: string(13),
  },
});

export type KubernetesRootSecret = typeof KubernetesRootSecret.Type;
