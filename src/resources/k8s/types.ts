import { AdmissionControlConfig } from "./admission-control-config.ts";
import { APIServerConfig } from "./api-server-config.ts";
import { AuditPolicyConfig } from "./audit-policy-config.ts";
import { AuthorizationConfig } from "./authorization-config.ts";
import { BootstrapManifestsConfig } from "./bootstrap-manifests-config.ts";
import { ConfigStatus } from "./config-status.ts";
import { ControllerManagerConfig } from "./controller-manager-config.ts";
import { Endpoint } from "./endpoint.ts";
import { ExtraManifestsConfig } from "./extra-manifests-config.ts";
import { KubeletConfig } from "./kubelet-config.ts";
import { KubeletKubeconfig } from "./kubelet-kubeconfig.ts";
import { KubeletLifecycle } from "./kubelet-lifecycle.ts";
import { KubeletSpec } from "./kubelet-spec.ts";
import { KubePrismConfig } from "./kubeprism-config.ts";
import { KubePrismEndpoint } from "./kubeprism-endpoint.ts";
import { KubePrismStatus } from "./kubeprism-status.ts";
import { KubernetesAccessConfig } from "./kubernetes-access-config.ts";
import { Manifest } from "./manifest.ts";
import { ManifestStatus } from "./manifest-status.ts";
import { NodeAnnotationSpec } from "./node-annotation-spec.ts";
import { NodeCordonedSpec } from "./node-cordoned-spec.ts";
import { NodeIP } from "./node-ip.ts";
import { NodeIPConfig } from "./node-ip-config.ts";
import { NodeLabelSpec } from "./node-label-spec.ts";
import { NodeStatus } from "./node-status.ts";
import { NodeTaintSpec } from "./node-taint-spec.ts";
import { Nodename } from "./nodename.ts";
import { SchedulerConfig } from "./scheduler-config.ts";
import { SecretStatus } from "./secret-status.ts";
import { StaticPod } from "./static-pod.ts";
import { StaticPodServerStatus } from "./static-pod-server-status.ts";
import { StaticPodStatus } from "./static-pod-status.ts";

export const k8sTypes = [
  AdmissionControlConfig,
  APIServerConfig,
  AuditPolicyConfig,
  AuthorizationConfig,
  BootstrapManifestsConfig,
  ConfigStatus,
  ControllerManagerConfig,
  Endpoint,
  ExtraManifestsConfig,
  KubeletConfig,
  KubeletKubeconfig,
  KubeletLifecycle,
  KubeletSpec,
  KubePrismConfig,
  KubePrismEndpoint,
  KubePrismStatus,
  KubernetesAccessConfig,
  Manifest,
  ManifestStatus,
  NodeAnnotationSpec,
  NodeCordonedSpec,
  NodeIP,
  NodeIPConfig,
  NodeLabelSpec,
  Nodename,
  NodeStatus,
  NodeTaintSpec,
  SchedulerConfig,
  SecretStatus,
  StaticPod,
  StaticPodServerStatus,
  StaticPodStatus,
] as const;
