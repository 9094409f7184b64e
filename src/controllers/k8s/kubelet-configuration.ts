import type { Document } from "../../resources/fields/struct.ts";
import type { KubeletConfig } from "../../resources/k8s/kubelet-config.ts";
import { containerdSocket } from "../../well-known.ts";
import { mergeDocuments } from "./document.ts";

export interface KubeletPlace {
  readonly controlPlane: boolean;
  /** The kernel is another machine's: its settings are neither checked nor changed. */
  readonly sharedKernel: boolean;
  /** Control groups are those of version 1, which kubelets refuse unless they are told not to. */
  readonly cgroupVersion1: boolean;
}

/** What the machine keeps for itself, so that pods cannot starve it. */
const reservedFor = (controlPlane: boolean) => ({
  cpu: "50m",
  memory: controlPlane ? "512Mi" : "384Mi",
  pid: "100",
  "ephemeral-storage": "256Mi",
});

/**
 * The kubelet's configuration file (kubelet.config.k8s.io/v1beta1), with what the machine's owner adds on top.
 * It runs by itself so far, without an API server: nobody could vouch for a client, so its own API answers nobody.
 */
export function kubeletConfiguration(config: KubeletConfig, place: KubeletPlace): Document {
  const { controlPlane, sharedKernel, cgroupVersion1 } = place;
  const ours: Document = {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    staticPodURL: config.staticPodListURL,
    ...(config.disableManifestsDirectory ? {} : { staticPodPath: "/etc/kubernetes/manifests" }),
    containerRuntimeEndpoint: `unix://${containerdSocket}`,
    port: 10_250,
    healthzBindAddress: "127.0.0.1",
    healthzPort: 10_248,
    authentication: { anonymous: { enabled: false }, webhook: { enabled: false } },
    // Without an API server there is nobody to ask; whom authentication refuses never comes so far.
    authorization: { mode: "AlwaysAllow" },
    tlsMinVersion: "VersionTLS13",
    clusterDomain: config.clusterDomain,
    clusterDNS: config.clusterDNS,
    cgroupDriver: "cgroupfs",
    cgroupRoot: "/",
    systemCgroups: "/system",
    kubeletCgroups: "/podruntime/kubelet",
    systemReserved: reservedFor(controlPlane),
    oomScoreAdj: -450,
    protectKernelDefaults: !sharedKernel,
    ...(cgroupVersion1 ? { failCgroupV1: false } : {}),
    seccompDefault: config.defaultRuntimeSeccompEnabled,
    serializeImagePulls: false,
    failSwapOn: false,
    registerNode: !config.skipNodeRegistration,
    logging: { format: "json" },
  };
  return mergeDocuments(ours, config.extraConfig ?? {});
}
