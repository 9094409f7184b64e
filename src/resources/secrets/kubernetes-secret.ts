import { defineResource } from "../define.ts";
import { string } from "../fields/index.ts";

/** Kubeconfigs of the control plane. */
export const KubernetesSecret = defineResource({
  type: "KubernetesSecrets.secrets.talos.dev",
  namespace: "secrets",
  sensitive: true,
  spec: {
    schedulerKubeconfig: string(4),
    controllerManagerKubeconfig: string(5),
    localhostAdminKubeconfig: string(6),
    adminKubeconfig: string(7),
  },
});

export type KubernetesSecret = typeof KubernetesSecret.Type;
