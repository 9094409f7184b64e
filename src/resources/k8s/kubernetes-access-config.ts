import { defineResource } from "../define.ts";
import { boolean, string } from "../fields/index.ts";

/** Which pods may use this machine's API. */
export const KubernetesAccessConfig = defineResource({
  type: "KubernetesAccessConfigs.cluster.talos.dev",
  namespace: "config",
  spec: {
    enabled: boolean(1),
    allowedAPIRoles: string(2).list(),
    allowedKubernetesNamespaces: string(3).list(),
  },
});

export type KubernetesAccessConfig = typeof KubernetesAccessConfig.Type;
