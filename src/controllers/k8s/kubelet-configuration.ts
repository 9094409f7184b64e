import type { YamlValue } from "../../resources/fields/codec.ts";
import type { Document } from "../../resources/fields/struct.ts";
import type { KubeletConfig } from "../../resources/k8s/kubelet-config.ts";
import { containerdSocket } from "../../well-known.ts";
import { kubeletFiles, staticPodDirectory } from "../kubelet-files.ts";
import { documentOrUndefined } from "./document.ts";
import { withDependents } from "./feature-gates.ts";

export interface KubeletPlace {
  readonly controlPlane: boolean;
  /** The kernel is another machine's: its settings are neither checked nor changed. */
  readonly sharedKernel: boolean;
  /** Control groups are those of version 1, which kubelets refuse unless they are told not to. */
  readonly cgroupVersion1: boolean;
}

const controlPlaneTaint = "node-role.kubernetes.io/control-plane";

/** The kubelet's configuration file (kubelet.config.k8s.io/v1beta1). */
export function kubeletConfiguration(config: KubeletConfig, place: KubeletPlace): Document {
  const wanted = config.extraConfig ?? {};
  const logging = documentOrUndefined(wanted.logging) ?? {};
  return {
    ...defaults(config, place),
    ...wanted,
    logging: { format: "json", ...logging },
    ...gates(config, wanted),
    ...taints(config, wanted, place),
    ...ours(config, place),
  };
}

/** What the machine's owner may have otherwise, field by field. */
const defaults = (config: KubeletConfig, { controlPlane }: KubeletPlace): Document => ({
  address: "0.0.0.0",
  oomScoreAdj: -450,
  clusterDomain: config.clusterDomain,
  clusterDNS: config.clusterDNS,
  cgroupDriver: "cgroupfs",
  serializeImagePulls: false,
  // Between two requests for the list of static pods, whose answers come when there is something new.
  httpCheckFrequency: "200ms",
  failSwapOn: false,
  // What the machine keeps for itself, so that pods cannot starve it.
  systemReserved: {
    cpu: "50m",
    memory: controlPlane ? "512Mi" : "384Mi",
    pid: "100",
    "ephemeral-storage": "256Mi",
  },
  shutdownGracePeriod: "30s",
  shutdownGracePeriodCriticalPods: "10s",
  streamingConnectionIdleTimeout: "5m0s",
  tlsMinVersion: "VersionTLS13",
});

/** What the machine needs to be as it is: a configuration that says otherwise is refused. */
const ours = (config: KubeletConfig, { sharedKernel, cgroupVersion1 }: KubeletPlace): Document => ({
  apiVersion: "kubelet.config.k8s.io/v1beta1",
  kind: "KubeletConfiguration",
  staticPodURL: config.staticPodListURL,
  ...(config.disableManifestsDirectory ? {} : { staticPodPath: staticPodDirectory }),
  containerRuntimeEndpoint: `unix://${containerdSocket}`,
  port: 10_250,
  authentication: {
    x509: { clientCAFile: kubeletFiles.clientAuthorities },
    // Without an API server there is nobody to ask.
    webhook: { enabled: !config.skipNodeRegistration },
    anonymous: { enabled: false },
  },
  authorization: { mode: config.skipNodeRegistration ? "AlwaysAllow" : "Webhook" },
  cgroupRoot: "/",
  systemCgroups: "/system",
  kubeletCgroups: "/podruntime/kubelet",
  rotateCertificates: true,
  protectKernelDefaults: !sharedKernel,
  ...(cgroupVersion1 ? { failCgroupV1: false } : {}),
  ...(config.defaultRuntimeSeccompEnabled ? { seccompDefault: true } : {}),
  resolvConf: "/system/resolved/resolv.conf",
});

const quotaFeature = "LocalStorageCapacityIsolationFSQuotaMonitoring";

function gates({ enableFSQuotaMonitoring, image }: KubeletConfig, wanted: Document): Document {
  const given = documentOrUndefined(wanted.featureGates) ?? {};
  const all = { ...(enableFSQuotaMonitoring ? { [quotaFeature]: true } : {}), ...withDependents(given, image) };
  return Object.keys(all).length > 0 ? { featureGates: all } : {};
}

/** A node of the control plane registers with its taint: one that came later would find pods there already. */
function taints(config: KubeletConfig, wanted: Document, { controlPlane }: KubeletPlace): Document {
  const given: readonly YamlValue[] = Array.isArray(wanted.registerWithTaints) ? wanted.registerWithTaints : [];
  const isTaken = given.some((taint) => documentOrUndefined(taint)?.key === controlPlaneTaint);
  const isElsewhere = (config.extraArgs?.["register-with-taints"] ?? "") !== "";
  const keepsAway = controlPlane && !config.allowSchedulingOnControlPlane && !config.skipNodeRegistration;
  if (!keepsAway || isTaken || isElsewhere) return {};
  return { registerWithTaints: [...given, { key: controlPlaneTaint, effect: "NoSchedule" }] };
}
