import { defineResource } from "../define.ts";
import { addressPort, boolean, prefix, string, uint32 } from "../fields/index.ts";

/** How the mesh between the machines is set up. */
export const KubeSpanConfig = defineResource({
  type: "KubeSpanConfigs.kubespan.talos.dev",
  namespace: "config",
  sensitive: true,
  spec: {
    enabled: boolean(1),
    clusterId: string(2),
    sharedSecret: string(3),
    forceRouting: boolean(4),
    advertiseKubernetesNetworks: boolean(5),
    mtu: uint32(6).optional(),
    endpointFilters: string(7).list().optional(),
    harvestExtraEndpoints: boolean(8),
    extraEndpoints: addressPort(9).list().optional(),
    excludeAdvertisedNetworks: prefix(10).list().optional(),
  },
});

export type KubeSpanConfig = typeof KubeSpanConfig.Type;
