import { affiliateMergeController } from "../controllers/cluster/affiliate-merge.ts";
import { discoveryServiceController } from "../controllers/cluster/discovery-service.ts";
import { discoveredEndpointController } from "../controllers/cluster/endpoint.ts";
import { kubernetesPullController } from "../controllers/cluster/kubernetes-pull.ts";
import { kubernetesPushController } from "../controllers/cluster/kubernetes-push.ts";
import { localAffiliateController } from "../controllers/cluster/local-affiliate.ts";
import { memberController } from "../controllers/cluster/member.ts";
import { endpointController } from "../controllers/k8s/endpoint.ts";
import { kubeletKubeconfigController } from "../controllers/k8s/kubelet-kubeconfig.ts";
import { kubeletLifecycleController } from "../controllers/k8s/kubelet-lifecycle.ts";
import { kubeletOutdatedPodController } from "../controllers/k8s/kubelet-outdated-pod.ts";
import { kubeletStaticPodController } from "../controllers/k8s/kubelet-static-pod.ts";
import { kubePrismController } from "../controllers/k8s/kubeprism.ts";
import { nodeApplyController } from "../controllers/k8s/node-apply.ts";
import { nodeCordonedSpecController } from "../controllers/k8s/node-cordoned-spec.ts";
import { nodeStatusController } from "../controllers/k8s/node-status.ts";
import type { Controller } from "../cosi/controller.ts";
import { failedPods } from "./containers/failed-pods.ts";
import { podEvents } from "./containers/pod-events.ts";
import { type PodReplacer, replacePods } from "./kubelet/replace-pods.ts";
import type { ServiceHost } from "./supervisor/service.ts";

/** Controllers of what the machine says of its node and its neighbours to Kubernetes, and hears of them there. */
export function kubernetesControllersOf(host: PodReplacer & Pick<ServiceHost, "state">): readonly Controller[] {
  return [
    kubePrismController(),
    kubeletKubeconfigController(),
    kubeletStaticPodController({
      podEvents: (signal) => podEvents(host, signal),
      failed: async (ids, signal) => await failedPods(await host.containerd(), ids, signal),
    }),
    kubeletOutdatedPodController({ replace: (ids) => replacePods(host, ids) }),
    kubeletLifecycleController(),
    nodeStatusController(),
    nodeApplyController(),
    nodeCordonedSpecController(),
    endpointController(),
    localAffiliateController(),
    discoveryServiceController(),
    kubernetesPushController(),
    kubernetesPullController(),
    affiliateMergeController(),
    memberController(),
    discoveredEndpointController(),
  ];
}
