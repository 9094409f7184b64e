import { defineResource } from "../define.ts";
import { boolean, mapOf, message, string } from "../fields/index.ts";
import { extraVolumeFields } from "./extra-volume.ts";
import { resourcesFields } from "./resources.ts";

/** How kube-controller-manager runs. */
export const ControllerManagerConfig = defineResource({
  type: "ControllerManagerConfigs.kubernetes.talos.dev",
  namespace: "controlplane",
  spec: {
    enabled: boolean(1),
    image: string(2),
    cloudProvider: string(3),
    podCIDRs: string(4).list(),
    serviceCIDRs: string(5).list(),
    extraArgs: mapOf(6, string(2)),
    extraVolumes: message(7, extraVolumeFields).list(),
    environmentVariables: mapOf(8, string(2)),
    resources: message(9, resourcesFields),
  },
});

export type ControllerManagerConfig = typeof ControllerManagerConfig.Type;
