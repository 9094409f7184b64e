import { defineController, type ReconcileContext } from "../../cosi/controller.ts";
import { messageOf } from "../../errors/message.ts";
import { APIServerConfig } from "../../resources/k8s/api-server-config.ts";
import { BootstrapManifestsConfig } from "../../resources/k8s/bootstrap-manifests-config.ts";
import { ControllerManagerConfig } from "../../resources/k8s/controller-manager-config.ts";
import { SchedulerConfig } from "../../resources/k8s/scheduler-config.ts";
import { Service } from "../../resources/v1alpha1/service.ts";

export interface ImagePrefetchOptions {
  /** Has an image fetched to where pods' images are. */
  readonly pull: (reference: string, signal: AbortSignal) => Promise<void>;
}

/** More at once would only make those later that are needed first. */
const atOnce = 2;

/**
 * Fetches the images of the control plane, and of the pods that it starts first, while etcd and the kubelet start or
 * wait for the bootstrap call. The kubelet would fetch each only when its turn comes, which makes a sum of what is now
 * a maximum. What fails here the kubelet tries again, and tells.
 */
export const imagePrefetchController = ({ pull }: ImagePrefetchOptions) => {
  const asked = new Set<string>();
  return defineController({
    name: "cri.ImagePrefetchController",
    inputs: [
      // It runs once its own image is there, which comes first.
      { kind: Service, id: "kubelet", strength: "weak" },
      { kind: APIServerConfig, strength: "weak" },
      { kind: ControllerManagerConfig, strength: "weak" },
      { kind: SchedulerConfig, strength: "weak" },
      { kind: BootstrapManifestsConfig, strength: "weak" },
    ],
    outputs: [],
    async reconcile(context) {
      if ((await context.get(Service, "kubelet"))?.spec.running !== true) return;
      const wanted = (await imagesOf(context)).filter((image) => !asked.has(image));
      const fetch = async (image: string) => {
        asked.add(image);
        await pull(image, context.signal).catch((thrown: unknown) =>
          context.log("debug", `Cannot fetch ${image} ahead of its pod: ${messageOf(thrown)}`),
        );
      };
      // The API server's alone: everything else waits for it.
      for (let from = 0, to = 1; from < wanted.length && !context.signal.aborted; [from, to] = [to, to + atOnce]) {
        await Promise.all(wanted.slice(from, to).map(fetch));
      }
    },
  });
};

/** In the order in which a cluster needs them. */
async function imagesOf({ get }: Pick<ReconcileContext, "get">): Promise<string[]> {
  const apiServer = (await get(APIServerConfig, "kube-apiserver"))?.spec;
  const controllerManager = (await get(ControllerManagerConfig, "kube-controller-manager"))?.spec;
  const scheduler = (await get(SchedulerConfig, "kube-scheduler"))?.spec;
  const manifests = (await get(BootstrapManifestsConfig, "manifests"))?.spec;
  return [
    apiServer?.image,
    controllerManager?.enabled && controllerManager.image,
    scheduler?.enabled && scheduler.image,
    manifests?.flannelEnabled && manifests.flannelImage,
    manifests?.proxyEnabled && manifests.proxyImage,
    manifests?.coreDNSEnabled && manifests.coreDNSImage,
  ].filter((image) => typeof image === "string" && image !== "") as string[];
}
