import { defineResource } from "../define.ts";
import { boolean, bytes, string } from "../fields/index.ts";

/** How machines of the cluster find each other. */
export const DiscoveryConfig = defineResource({
  type: "DiscoveryConfigs.cluster.talos.dev",
  namespace: "config",
  sensitive: true,
  spec: {
    discoveryEnabled: boolean(1),
    registryKubernetesEnabled: boolean(2),
    registryServiceEnabled: boolean(3),
    serviceEndpoint: string(4),
    serviceEndpointInsecure: boolean(5).optional(),
    serviceEncryptionKey: bytes(6),
    serviceClusterID: string(7),
  },
});

export type DiscoveryConfig = typeof DiscoveryConfig.Type;
