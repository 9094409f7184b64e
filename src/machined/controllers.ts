import { hasVersion1 } from "../cgroup/group.ts";
import { pullMissing } from "../containerd/image/pull-missing.ts";
import { discoveryConfigController } from "../controllers/cluster/discovery-config.ts";
import { clusterInfoController } from "../controllers/cluster/info.ts";
import { nodeIdentityController } from "../controllers/cluster/node-identity.ts";
import { acquireController } from "../controllers/config/acquire.ts";
import { machineTypeController } from "../controllers/config/machine-type.ts";
import { sourcesOf } from "../controllers/config/sources/of-platform.ts";
import { savedConfig } from "../controllers/config/sources/saved.ts";
import { imageCacheConfigController } from "../controllers/cri/image-cache-config.ts";
import { imagePrefetchController } from "../controllers/cri/image-prefetch.ts";
import { registriesConfigController } from "../controllers/cri/registries-config.ts";
import { etcdAdvertisedPeerController } from "../controllers/etcd/advertised-peer.ts";
import { etcdConfigController } from "../controllers/etcd/config.ts";
import { etcdMemberController } from "../controllers/etcd/member.ts";
import { etcdPkiController } from "../controllers/etcd/pki.ts";
import { etcdSpecController } from "../controllers/etcd/spec.ts";
import { criConfigController } from "../controllers/files/cri-config.ts";
import { etcFileController } from "../controllers/files/etc-file.ts";
import { osReleaseController } from "../controllers/files/os-release.ts";
import { systemInformationController } from "../controllers/hardware/system-information.ts";
import { controlPlaneControllers } from "../controllers/k8s/control-plane/index.ts";
import { kubeletConfigController } from "../controllers/k8s/kubelet-config.ts";
import { kubeletSpecController } from "../controllers/k8s/kubelet-spec.ts";
import { kubePrismConfigController } from "../controllers/k8s/kubeprism-config.ts";
import { kubePrismEndpointsController } from "../controllers/k8s/kubeprism-endpoints.ts";
import { kubernetesAccessConfigController } from "../controllers/k8s/kubernetes-access-config.ts";
import { machineAccessControllers } from "../controllers/k8s/machine-access/index.ts";
import { manifestControllers } from "../controllers/k8s/manifests/index.ts";
import { nodeAnnotationSpecController } from "../controllers/k8s/node-annotation-spec.ts";
import { nodeIpController } from "../controllers/k8s/node-ip.ts";
import { nodeIpConfigController } from "../controllers/k8s/node-ip-config.ts";
import { nodeLabelSpecController } from "../controllers/k8s/node-label-spec.ts";
import { nodeTaintSpecController } from "../controllers/k8s/node-taint-spec.ts";
import { nodenameController } from "../controllers/k8s/nodename.ts";
import { staticEndpointController } from "../controllers/k8s/static-endpoint.ts";
import { staticPodController } from "../controllers/k8s/static-pod.ts";
import { staticPodFilesController } from "../controllers/k8s/static-pod-files.ts";
import { staticPodHintsController } from "../controllers/k8s/static-pod-hints.ts";
import { staticPodServerController } from "../controllers/k8s/static-pod-server.ts";
import { kmsgLogConfigController } from "../controllers/logging/kmsg-log-config.ts";
import { kmsgLogDeliveryController } from "../controllers/logging/kmsg-log-delivery.ts";
import { serviceLogDestinationsController } from "../controllers/logging/service-log-destinations.ts";
import { diagnosticsController } from "../controllers/runtime/diagnostics/diagnostics.ts";
import { diagnosticsLogController } from "../controllers/runtime/diagnostics/diagnostics-log.ts";
import { failingServicesController } from "../controllers/runtime/diagnostics/failing-services.ts";
import { joiningController } from "../controllers/runtime/diagnostics/joining.ts";
import { machineStatusController } from "../controllers/runtime/machine-status.ts";
import { maintenanceConfigController } from "../controllers/runtime/maintenance-config.ts";
import { maintenanceInformController } from "../controllers/runtime/maintenance-inform.ts";
import { apiCertificatesController } from "../controllers/secrets/api.ts";
import { apiCertSansController } from "../controllers/secrets/api-cert-sans.ts";
import { etcdCertificatesController } from "../controllers/secrets/etcd.ts";
import { etcdRootController } from "../controllers/secrets/etcd-root.ts";
import { kubeletSecretController } from "../controllers/secrets/kubelet.ts";
import { kubernetesController } from "../controllers/secrets/kubernetes.ts";
import { kubernetesCertSansController } from "../controllers/secrets/kubernetes-cert-sans.ts";
import { kubernetesDynamicCertsController } from "../controllers/secrets/kubernetes-dynamic.ts";
import { kubernetesRootController } from "../controllers/secrets/kubernetes-root.ts";
import { maintenanceController } from "../controllers/secrets/maintenance.ts";
import { maintenanceCertSansController } from "../controllers/secrets/maintenance-cert-sans.ts";
import { maintenanceRootController } from "../controllers/secrets/maintenance-root.ts";
import { osRootController } from "../controllers/secrets/os-root.ts";
import { trustdCertificateController } from "../controllers/secrets/trustd.ts";
import { adjtimeStatusController } from "../controllers/time/adjtime-status.ts";
import { timeSyncController } from "../controllers/time/sync.ts";
import { serviceController } from "../controllers/v1alpha1/service.ts";
import type { Controller } from "../cosi/controller.ts";
import { Capability, holdsCapability } from "../linux/capability.ts";
import { machine } from "../proto/index.ts";
import { apidProgram } from "../well-known.ts";
import type { Volumes } from "./boot/volumes.ts";
import { kubernetesControllersOf } from "./kubernetes-controllers.ts";
import type { ServiceLines } from "./logs/service-lines.ts";
import type { Configuration, EventLog, Log } from "./machine.ts";
import { type NetworkControllersHost, networkControllersOf } from "./network-controllers.ts";
import { platformAccessOf, platformControllersOf } from "./platform-controllers.ts";
import { type RuntimeControllersHost, runtimeControllersOf } from "./runtime-controllers.ts";
import type { StageTracker } from "./sequences/stage.ts";
import type { ServiceHost } from "./supervisor/service.ts";
import type { ServiceSupervisor } from "./supervisor/supervisor.ts";

const TaskAction = machine.TaskEvent.Action;

export interface ControllersHost
  extends RuntimeControllersHost,
    NetworkControllersHost,
    Pick<ServiceHost, "state" | "containerd"> {
  readonly log: Log;
  readonly events: EventLog;
  readonly configuration: Configuration;
  readonly stage: StageTracker;
  readonly supervisor: ServiceSupervisor;
  readonly volumes: Volumes;
  readonly serviceLines: ServiceLines;
}

/** Every controller of the machine. What each reads and writes, it says itself. */
export function controllersOf(host: ControllersHost): readonly Controller[] {
  const { log, args, platform, events, configuration, stage, supervisor, volumes, serviceLines } = host;
  const isOurs = platform.mode !== "container";
  return [
    acquireController({
      saved: savedConfig((signal) => volumes.openState(signal)),
      sources: sourcesOf(platform, platformAccessOf(host)),
      mode: platform.mode,
      onConfig: (config, source) => configuration.acquired(config, source),
      onMaintenance: (partial) => configuration.enterMaintenance(partial),
      onProblem: (kind, error) =>
        events.publish({
          kind: kind === "load" ? "machine.ConfigLoadErrorEvent" : "machine.ConfigValidationErrorEvent",
          value: { error },
        }),
    }),
    maintenanceConfigController(apidProgram.port),
    maintenanceInformController({
      say: (line) => log("info", line),
      onChange: (waits) =>
        events.publish({
          kind: "machine.TaskEvent",
          value: { task: "runningMaintenance", action: waits ? TaskAction.START : TaskAction.STOP },
        }),
    }),
    machineTypeController(),
    ...networkControllersOf(host),
    ...platformControllersOf(host),
    discoveryConfigController(),
    clusterInfoController(),
    nodeIdentityController({ openState: volumes.openState }),
    etcFileController(),
    osReleaseController(),
    maintenanceRootController(),
    maintenanceCertSansController(),
    maintenanceController(),
    osRootController(),
    apiCertSansController(),
    apiCertificatesController(),
    trustdCertificateController(),
    kubernetesRootController(),
    kubernetesCertSansController(),
    kubernetesController(),
    kubernetesDynamicCertsController(),
    kubeletSecretController(),
    etcdRootController(),
    etcdCertificatesController(),
    etcdConfigController(),
    etcdSpecController(),
    etcdPkiController(),
    etcdMemberController(),
    etcdAdvertisedPeerController(),
    registriesConfigController(),
    imageCacheConfigController(),
    imagePrefetchController({
      pull: async (image, signal) => pullMissing(await host.containerd(), image, signal),
    }),
    criConfigController({ restrictOomScores: !holdsCapability(Capability.sysResource) }),
    nodenameController(),
    nodeIpConfigController(),
    nodeIpController(),
    nodeLabelSpecController(),
    nodeAnnotationSpecController(),
    nodeTaintSpecController(),
    kubernetesAccessConfigController(),
    kubePrismEndpointsController(),
    kubePrismConfigController(),
    ...controlPlaneControllers(),
    ...manifestControllers(),
    ...machineAccessControllers(),
    kubeletConfigController(),
    kubeletSpecController({ sharedKernel: !isOurs, cgroupVersion1: hasVersion1() }),
    staticEndpointController(),
    staticPodController(),
    staticPodServerController(),
    staticPodFilesController(),
    staticPodHintsController(),
    timeSyncController({ isOurs }),
    adjtimeStatusController({ isOurs }),
    ...runtimeControllersOf(host),
    ...kubernetesControllersOf(host),
    serviceLogDestinationsController((destinations) => serviceLines.use(destinations)),
    // A container's kernel, its arguments and its log are its host's.
    kmsgLogConfigController(isOurs ? args.last("talos.logging.kernel") : undefined),
    ...(isOurs ? [kmsgLogDeliveryController()] : []),
    serviceController(supervisor),
    diagnosticsController(),
    joiningController(),
    failingServicesController(supervisor),
    diagnosticsLogController(),
    machineStatusController(stage),
    // In a container the firmware speaks of the host.
    ...(isOurs ? [systemInformationController()] : []),
  ];
}
