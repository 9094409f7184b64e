import { defineController } from "../../cosi/controller.ts";
import type { Document } from "../../resources/fields/struct.ts";
import { StaticPod } from "../../resources/k8s/static-pod.ts";
import { activeConfig, activeConfigInput } from "../active-config.ts";
import { documentOrUndefined } from "./document.ts";

/** Lists the pods of the configuration, which the kubelet runs without an API server. */
export const staticPodController = () =>
  defineController({
    name: "k8s.StaticPodConfigController",
    inputs: [activeConfigInput],
    outputs: [{ kind: StaticPod, sharing: "shared" }],
    async reconcile(context) {
      const config = await activeConfig(context);
      if (config === undefined) return;
      const wanted = new Set<string>();
      for (const [index, pod] of config.machine.pods.entries()) {
        const document = documentOrUndefined(pod);
        if (document === undefined) continue;
        const name = podNameOf(document) ?? String(index);
        wanted.add(name);
        await context.put(StaticPod, name, document);
      }
      for (const { metadata } of await context.list(StaticPod)) {
        const ours = metadata.owner === "k8s.StaticPodConfigController";
        if (ours && !wanted.has(metadata.id)) await context.destroy(StaticPod, metadata.id);
      }
    },
  });

/** `<namespace>-<name>`; undefined when the pod has no name. */
function podNameOf(pod: Document): string | undefined {
  const { name, namespace = "default" } = documentOrUndefined(pod.metadata) ?? {};
  return typeof name === "string" ? `${String(namespace)}-${name}` : undefined;
}
