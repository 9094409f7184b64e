import { Backoff } from "../../async/backoff.ts";
import { defineController } from "../../cosi/controller.ts";
import { type KubeletAccess, type KubeletPod, kubeletPods } from "../../kube/kubelet.ts";
import { StaticPod } from "../../resources/k8s/static-pod.ts";
import { ownKubelet, ownKubeletInputs, staticPodName } from "./own-kubelet.ts";

export interface KubeletOutdatedPodOptions {
  /** Stops the kubelet, ends these pods (by `<namespace>/<name>`), and starts the kubelet. */
  readonly replace: (ids: ReadonlySet<string>) => Promise<void>;
  readonly list?: (access: KubeletAccess, signal: AbortSignal) => Promise<readonly KubeletPod[]>;
}

/**
 * Has static pods made anew that are to be otherwise, while the kubelet would not: it ends no pod before it has heard
 * from an API server once, because until then it does not know which pods it should have. So an API server that has never
 * served, for a flag that it does not know, would stay as it is for ever, however its configuration is mended.
 */
export const kubeletOutdatedPodController = ({ replace, list = kubeletPods }: KubeletOutdatedPodOptions) => {
  const backoff = new Backoff({ initialMs: 500, maximumMs: 15_000 });
  /** It answers those alone whom an API server lets it answer: then it has one, and needs no help any more. */
  let hasServer = false;
  /** What this kubelet was given to run: versions by name. */
  let given: ReadonlyMap<string, number> | undefined;
  return defineController({
    name: "k8s.KubeletOutdatedPodController",
    inputs: [...ownKubeletInputs, { kind: StaticPod, strength: "weak" }],
    outputs: [],
    async reconcile(context) {
      const access = await ownKubelet(context);
      if (access === undefined) {
        hasServer = false;
        given = undefined;
        backoff.reset();
        return;
      }
      if (hasServer) return;
      hasServer = await list(access, context.signal).then(
        () => true,
        () => false,
      );
      if (hasServer) return;
      context.requeueAfter(backoff.next());
      const pods = (await context.list(StaticPod)).filter(({ metadata }) => metadata.phase === "running");
      const wanted = new Map(
        pods.map(({ spec, metadata }) => [staticPodName(spec, access.nodename), metadata.version]),
      );
      const outdated = [...(given ?? [])].filter(([name, version]) => wanted.get(name) !== version);
      if (outdated.length > 0) {
        const names = outdated.map(([name]) => name);
        context.log(
          "info",
          `ending ${names.join(", ")}: without an API server the kubelet would keep them as they were`,
        );
        await replace(new Set(names));
      }
      given = wanted;
    },
  });
};
