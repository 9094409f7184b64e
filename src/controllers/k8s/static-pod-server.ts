import { defineController } from "../../cosi/controller.ts";
import { StaticPod } from "../../resources/k8s/static-pod.ts";
import { StaticPodServerStatus } from "../../resources/k8s/static-pod-server-status.ts";

/**
 * Serves the list of static pods to the kubelet, over loopback only. Not files in its manifests directory: that one
 * is the owner's, and can be switched off.
 */
export const staticPodServerController = () => {
  let server: Bun.Server<undefined> | undefined;
  let list = podList([]);
  return defineController({
    name: "k8s.StaticPodServerController",
    inputs: [{ kind: StaticPod, strength: "weak" }],
    outputs: [{ kind: StaticPodServerStatus, sharing: "exclusive" }],
    async reconcile(context) {
      const pods = (await context.list(StaticPod)).filter(({ metadata }) => metadata.phase === "running");
      list = podList(pods.map(({ spec }) => StaticPod.toYamlValue(spec)));
      if (server === undefined) {
        server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => Response.json(list) });
        context.signal.addEventListener("abort", () => void server?.stop(true), { once: true });
      }
      await context.put(StaticPodServerStatus, "static-pod-server-status", { url: `http://127.0.0.1:${server.port}` });
    },
  });
};

const podList = (items: readonly unknown[]) => ({ apiVersion: "v1", kind: "PodList", items });
