import { defineResource } from "../define.ts";
import { certificateAndKey } from "../fields/index.ts";

/** Certificates of the API server. */
export const KubernetesDynamicCert = defineResource({
  type: "KubernetesDynamicCerts.secrets.talos.dev",
  namespace: "secrets",
  sensitive: true,
  spec: {
    apiServer: certificateAndKey(1),
    apiServerKubeletClient: certificateAndKey(2),
    frontProxy: certificateAndKey(3),
  },
});

export type KubernetesDynamicCert = typeof KubernetesDynamicCert.Type;
