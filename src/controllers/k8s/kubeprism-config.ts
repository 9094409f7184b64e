import { defineController } from "../../cosi/controller.ts";
import { KubePrismConfig } from "../../resources/k8s/kubeprism-config.ts";
import { KubePrismEndpoint } from "../../resources/k8s/kubeprism-endpoint.ts";
import { activeConfig, activeConfigInput } from "../active-config.ts";

/** Says how the local balancer in front of the API servers should run. */
export const kubePrismConfigController = () =>
  defineController({
    name: "k8s.KubePrismConfigController",
    inputs: [activeConfigInput, { kind: KubePrismEndpoint, id: "k8s-cluster", strength: "weak" }],
    outputs: [{ kind: KubePrismConfig, sharing: "exclusive" }],
    async reconcile(context) {
      const kubePrism = (await activeConfig(context))?.machine.features.kubePrism;
      const found = (await context.get(KubePrismEndpoint, "k8s-cluster"))?.spec;
      if (kubePrism === undefined || !kubePrism.enabled || found === undefined) return;
      const { endpoints } = found;
      await context.put(KubePrismConfig, "k8s-loadbalancer-config", {
        host: "127.0.0.1",
        port: kubePrism.port,
        endpoints,
      });
    },
  });
