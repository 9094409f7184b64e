import { images } from "../../../config/index.ts";
import { ControllerManagerConfig } from "../../../resources/k8s/controller-manager-config.ts";
import { derivedController } from "./derived.ts";
import { podFields } from "./pod.ts";

/** Says how kube-controller-manager runs. */
export const controllerManagerController = () =>
  derivedController({
    name: "k8s.ControlPlaneControllerManagerController",
    kind: ControllerManagerConfig,
    id: "kube-controller-manager",
    from: ({ cluster, machine }) => ({
      ...podFields(cluster.controllerManager, images.controllerManager, { cpu: "50m", memory: "256Mi" }),
      enabled: !machine.controlPlane.controllerManager.disabled,
      cloudProvider: cluster.externalCloudProvider.enabled ? "external" : "",
      podCIDRs: cluster.network.podSubnets,
      serviceCIDRs: cluster.network.serviceSubnets,
    }),
  });
