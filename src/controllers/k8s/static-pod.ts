import { images } from "../../config/index.ts";
import { defineController } from "../../cosi/controller.ts";
import type { Document } from "../../resources/fields/struct.ts";
import { StaticPod } from "../../resources/k8s/static-pod.ts";
import { activeConfig, activeConfigInput } from "../active-config.ts";
import { documentOrUndefined } from "./document.ts";

/** Holds the place of the control plane's pods: shows that the machine can run one. */
const pause: Document = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "pause", namespace: "kube-system" },
  spec: {
    hostNetwork: true,
    containers: [
      {
        name: "pause",
        image: images.pause,
        imagePullPolicy: "IfNotPresent",
        // pause itself needs less than 1 MiB, but runc's first process, a copy of runc in memory, counts as the pod's.
        resources: { requests: { cpu: "1m", memory: "4Mi" }, limits: { memory: "64Mi" } },
        securityContext: {
          allowPrivilegeEscalation: false,
          capabilities: { drop: ["ALL"] },
          runAsUser: 65_534,
          seccompProfile: { type: "RuntimeDefault" },
        },
      },
    ],
  },
};

/** Lists the pods that the kubelet runs without an API server: ours, and those of the configuration. */
export const staticPodController = () =>
  defineController({
    name: "k8s.StaticPodConfigController",
    inputs: [activeConfigInput],
    outputs: [{ kind: StaticPod, sharing: "shared" }],
    async reconcile(context) {
      const config = await activeConfig(context);
      if (config === undefined) return;
      await context.put(StaticPod, "pause", pause);
      const wanted = new Set(["pause"]);
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
