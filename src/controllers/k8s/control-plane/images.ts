import { images } from "../../../config/index.ts";
import { defineController, type ReconcileContext } from "../../../cosi/controller.ts";
import { messageOf } from "../../../errors/message.ts";
import { APIServerConfig } from "../../../resources/k8s/api-server-config.ts";
import { BootstrapManifestsConfig } from "../../../resources/k8s/bootstrap-manifests-config.ts";
import { ControllerManagerConfig } from "../../../resources/k8s/controller-manager-config.ts";
import { SchedulerConfig } from "../../../resources/k8s/scheduler-config.ts";
import { Service } from "../../../resources/v1alpha1/service.ts";

export interface ControlPlaneImagesOptions {
  /** Fetches an image for the kubelet's pods, if it is not there. */
  readonly fetch: (image: string, signal: AbortSignal) => Promise<void>;
}

/**
 * Fetches the images of the control plane, and of what runs beside it on each machine, while etcd and the API server are
 * waited for: their pods appear one after the other. One image after the other, in that order. Whatever fails, the
 * kubelet meets again, and tells.
 */
export const controlPlaneImagesController = ({ fetch }: ControlPlaneImagesOptions) => {
  const tried = new Set<string>();
  return defineController({
    name: "k8s.ControlPlaneImagesController",
    inputs: [
      { kind: APIServerConfig, strength: "weak" },
      { kind: ControllerManagerConfig, strength: "weak" },
      { kind: SchedulerConfig, strength: "weak" },
      { kind: BootstrapManifestsConfig, strength: "weak" },
      { kind: Service, id: "containerd", strength: "weak" },
    ],
    outputs: [],
    async reconcile(context) {
      if ((await context.get(Service, "containerd"))?.spec.healthy !== true) return;
      for (const image of await imagesOf(context)) {
        if (tried.has(image)) continue;
        tried.add(image);
        await fetch(image, context.signal).catch((thrown: unknown) => context.log("debug", messageOf(thrown)));
      }
    },
  });
};

async function imagesOf(context: ReconcileContext): Promise<string[]> {
  const apiServer = (await context.get(APIServerConfig, "kube-apiserver"))?.spec;
  const controllerManager = (await context.get(ControllerManagerConfig, "kube-controller-manager"))?.spec;
  const scheduler = (await context.get(SchedulerConfig, "kube-scheduler"))?.spec;
  const addons = (await context.get(BootstrapManifestsConfig, "manifests"))?.spec;
  if (apiServer === undefined || controllerManager === undefined || scheduler === undefined || addons === undefined)
    return [];
  return [
    images.pause,
    apiServer.image,
    ...(controllerManager.enabled ? [controllerManager.image] : []),
    ...(scheduler.enabled ? [scheduler.image] : []),
    ...(addons.flannelEnabled ? [addons.flannelImage] : []),
    ...(addons.proxyEnabled ? [addons.proxyImage] : []),
    ...(addons.coreDNSEnabled ? [addons.coreDNSImage] : []),
  ];
}
