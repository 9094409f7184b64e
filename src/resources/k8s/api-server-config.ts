import { defineResource } from "../define.ts";
import { int64, mapOf, message, string } from "../fields/index.ts";
import { extraVolumeFields } from "./extra-volume.ts";
import { resourcesFields } from "./resources.ts";

/** How kube-apiserver runs. */
export const APIServerConfig = defineResource({
  type: "APIServerConfigs.kubernetes.talos.dev",
  namespace: "controlplane",
  spec: {
    image: string(1),
    cloudProvider: string(2),
    controlPlaneEndpoint: string(3),
    etcdServers: string(4).list(),
    localPort: int64(5),
    serviceCIDR: string(6).list(),
    extraArgs: mapOf(7, string(2)),
    extraVolumes: message(8, extraVolumeFields).list(),
    environmentVariables: mapOf(9, string(2)),
    advertisedAddress: string(11),
    resources: message(12, resourcesFields),
  },
});

export type APIServerConfig = typeof APIServerConfig.Type;
