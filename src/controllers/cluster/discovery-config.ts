import { fromBase64 } from "../../bytes/base64.ts";
import { defineController } from "../../cosi/controller.ts";
import { DiscoveryConfig } from "../../resources/cluster/discovery-config.ts";
import { activeConfig, activeConfigInput } from "../active-config.ts";

const off: DiscoveryConfig = {
  discoveryEnabled: false,
  registryKubernetesEnabled: false,
  registryServiceEnabled: false,
  serviceEndpoint: "",
  serviceEncryptionKey: new Uint8Array(),
  serviceClusterID: "",
};

/** Says how machines of the cluster find each other. */
export const discoveryConfigController = () =>
  defineController({
    name: "cluster.ConfigController",
    inputs: [activeConfigInput],
    outputs: [{ kind: DiscoveryConfig, sharing: "exclusive" }],
    async reconcile(context) {
      const config = await activeConfig(context);
      if (config === undefined) return;
      const { discovery, id = "", secret = "" } = config.cluster;
      const { kubernetes, service } = discovery.registries;
      const url = service.disabled ? null : URL.parse(service.endpoint);
      const isOpen = url?.protocol === "http:";
      await context.put(DiscoveryConfig, "cluster", {
        ...off,
        ...(discovery.enabled && { discoveryEnabled: true, registryKubernetesEnabled: !kubernetes.disabled }),
        ...(discovery.enabled &&
          url !== null && {
            registryServiceEnabled: true,
            serviceEndpoint: `${url.hostname}:${url.port || (isOpen ? 80 : 443)}`,
            serviceEndpointInsecure: isOpen,
            serviceEncryptionKey: fromBase64(secret),
            serviceClusterID: id,
          }),
      });
    },
  });
