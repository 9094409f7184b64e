import { defineResource } from "../define.ts";
import { boolean, mapOf, message, string, struct } from "../fields/index.ts";
import { extraVolumeFields } from "./extra-volume.ts";
import { resourcesFields } from "./resources.ts";

/** How kube-scheduler runs. */
export const SchedulerConfig = defineResource({
  type: "SchedulerConfigs.kubernetes.talos.dev",
  namespace: "controlplane",
  spec: {
    enabled: boolean(1),
    image: string(2),
    extraArgs: mapOf(3, string(2)),
    extraVolumes: message(4, extraVolumeFields).list(),
    environmentVariables: mapOf(5, string(2)),
    resources: message(6, resourcesFields),
    config: struct(7),
  },
});

export type SchedulerConfig = typeof SchedulerConfig.Type;
