import { defineResource } from "../define.ts";
import { boolean, mapOf, message, string, struct } from "../fields/index.ts";
import { extraMountFields } from "./extra-mount.ts";

/** What the configuration says about the kubelet. */
export const KubeletConfig = defineResource({
  type: "KubeletConfigs.kubernetes.talos.dev",
  namespace: "k8s",
  spec: {
    image: string(1),
    clusterDNS: string(2).list(),
    clusterDomain: string(3),
    extraArgs: mapOf(4, string(2)).optional(),
    extraMounts: message(5, extraMountFields).list().optional(),
    extraConfig: struct(6).optional(),
    cloudProviderExternal: boolean(7),
    defaultRuntimeSeccompEnabled: boolean(8),
    skipNodeRegistration: boolean(9),
    staticPodListURL: string(10),
    disableManifestsDirectory: boolean(11),
    enableFSQuotaMonitoring: boolean(12),
    credentialProviderConfig: struct(13).optional(),
    allowSchedulingOnControlPlane: boolean(14),
  },
});

export type KubeletConfig = typeof KubeletConfig.Type;
