import { defineController } from "../../cosi/controller.ts";
import { KubernetesAccessConfig } from "../../resources/k8s/kubernetes-access-config.ts";
import { activeConfig, activeConfigInput, isControlPlane } from "../active-config.ts";

/** Says which pods may use the machine API, and as what; control plane machines would give them their certificates. */
export const kubernetesAccessConfigController = () =>
  defineController({
    name: "kubeaccess.ConfigController",
    inputs: [activeConfigInput],
    outputs: [{ kind: KubernetesAccessConfig, sharing: "exclusive" }],
    async reconcile(context) {
      const config = await activeConfig(context);
      if (config === undefined || !isControlPlane(config)) return;
      const { enabled, allowedRoles, allowedKubernetesNamespaces } = config.machine.features.kubernetesTalosAPIAccess;
      await context.put(KubernetesAccessConfig, "config", {
        enabled,
        allowedAPIRoles: allowedRoles.filter((role) => role !== undefined),
        allowedKubernetesNamespaces: allowedKubernetesNamespaces.filter((name) => name !== undefined),
      });
    },
  });
