import { defineController } from "../../cosi/controller.ts";
import type { Document } from "../../resources/fields/struct.ts";
import { StaticPod } from "../../resources/k8s/static-pod.ts";
import { activeConfig, activeConfigInput } from "../active-config.ts";
import { documentOrUndefined } from "./document.ts";

const owner = "k8s.StaticPodConfigController";

/**
 * Lists the pods of the configuration, which the kubelet runs without an API server. What can be no pod is left out: the
 * kubelet takes all of its list or nothing, and the control plane's pods are in it, too.
 */
export const staticPodController = () => {
  const said = new Map<number, string>();
  return defineController({
    name: owner,
    inputs: [activeConfigInput],
    outputs: [{ kind: StaticPod, sharing: "shared" }],
    async reconcile(context) {
      const config = await activeConfig(context);
      if (config === undefined) return;
      const wanted = new Set<string>();
      for (const [index, given] of config.machine.pods.entries()) {
        const pod = documentOrUndefined(given) ?? {};
        const problem = problemOf(pod);
        if (problem !== undefined && said.get(index) !== problem)
          context.log("warn", `ignoring machine.pods[${index}]: ${problem}`);
        said.set(index, problem ?? "");
        if (problem !== undefined) continue;
        const { name, namespace = "default" } = documentOrUndefined(pod.metadata) ?? {};
        wanted.add(`${namespace}-${name}`);
        await context.put(StaticPod, `${namespace}-${name}`, pod);
      }
      for (const { metadata } of await context.list(StaticPod)) {
        if (metadata.owner === owner && !wanted.has(metadata.id)) await context.destroy(StaticPod, metadata.id);
      }
    },
  });
};

const isName = (value: unknown): boolean => typeof value === "string" && /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(value);

/** Why a kubelet would refuse it, as far as can be seen without Kubernetes' own rules. */
function problemOf(pod: Document): string | undefined {
  const { name, namespace = "default" } = documentOrUndefined(pod.metadata) ?? {};
  const { containers } = documentOrUndefined(pod.spec) ?? {};
  if (pod.apiVersion !== "v1" || pod.kind !== "Pod") return "it is no v1 Pod";
  if (!isName(name) || !isName(namespace)) return "metadata has no name that Kubernetes takes";
  if (!Array.isArray(containers) || containers.length === 0) return "spec has no containers";
  const isContainer = (value: unknown) => {
    const container = documentOrUndefined(value) ?? {};
    return isName(container.name) && typeof container.image === "string" && container.image !== "";
  };
  return containers.every(isContainer) ? undefined : "a container has no name or no image";
}
