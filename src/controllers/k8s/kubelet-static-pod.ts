import { defineController } from "../../cosi/controller.ts";
import { messageOf } from "../../errors/message.ts";
import { type KubeletAccess, type KubeletPod, kubeletPods } from "../../kube/kubelet.ts";
import type { Document } from "../../resources/fields/struct.ts";
import { StaticPod } from "../../resources/k8s/static-pod.ts";
import { StaticPodStatus } from "../../resources/k8s/static-pod-status.ts";
import { ownKubelet, ownKubeletInputs, staticPodName } from "./own-kubelet.ts";

export interface KubeletStaticPodOptions {
  /** Yields when a container of a pod starts or ends. */
  readonly podEvents: (signal: AbortSignal) => AsyncIterable<unknown>;
  readonly list?: (access: KubeletAccess, signal: AbortSignal) => Promise<readonly KubeletPod[]>;
  /** Of these pods, by `<namespace>/<name>`, those with a container that has failed; from whoever runs them. */
  readonly failed?: (ids: ReadonlySet<string>, signal: AbortSignal) => Promise<readonly KubeletPod[]>;
  readonly ownCertificate?: string;
}

/** The kubelet tells nobody when it has changed its mind about a pod: it is asked soon after an event, then seldom. */
const firstAfterMs = 250;
const atLeastEveryMs = 15_000;

/**
 * Shows the static pods of a control plane machine as its kubelet has them: the API server may be one of them. A kubelet
 * asks the API server whether it may tell, so one that has never had any tells nothing: what has failed until then is
 * shown as the container runtime knows it.
 */
export const kubeletStaticPodController = (options: KubeletStaticPodOptions) => {
  const { podEvents, list = kubeletPods, failed = async () => [], ownCertificate } = options;
  let nextAfterMs = firstAfterMs;
  let hasTold = false;
  return defineController({
    name: "k8s.KubeletStaticPodController",
    inputs: [...ownKubeletInputs, { kind: StaticPod, strength: "weak" }],
    outputs: [{ kind: StaticPodStatus, sharing: "exclusive" }],
    async *wakeOn(signal) {
      for await (const event of podEvents(signal)) {
        nextAfterMs = firstAfterMs;
        yield event;
      }
    },
    async reconcile(context) {
      const access = await ownKubelet(context, ownCertificate);
      if (access === undefined) {
        nextAfterMs = firstAfterMs;
        return;
      }
      context.requeueAfter(nextAfterMs);
      nextAfterMs = Math.min(2 * nextAfterMs, atLeastEveryMs);
      try {
        const pods = await list(access, context.signal);
        hasTold = true;
        for (const pod of pods.filter(isStatic)) await context.put(StaticPodStatus, idOf(pod), statusOf(pod));
      } catch (thrown) {
        // It restarts, or has nobody to ask whether it may answer: what it said last is as good as we have it.
        context.log("debug", messageOf(thrown));
        for (const { metadata } of await context.list(StaticPodStatus)) context.keep(StaticPodStatus, metadata.id);
        if (hasTold) return;
        const ours = (await context.list(StaticPod)).map(({ spec }) => staticPodName(spec, access.nodename));
        const asked = failed(new Set(ours), context.signal);
        const pods = await asked.catch((cause) => {
          context.log("debug", messageOf(cause));
          return [];
        });
        for (const pod of pods) await context.put(StaticPodStatus, idOf(pod), statusOf(pod));
      }
    },
  });
};

/** Not from the API server, but from a file or from our list. */
const isStatic = ({ metadata }: KubeletPod): boolean =>
  ["file", "http"].includes(metadata.annotations?.["kubernetes.io/config.source"] ?? "");

const idOf = ({ metadata: { namespace, name } }: KubeletPod): string => `${namespace}/${name}`;

const statusOf = ({ status }: KubeletPod): Document => status as Document;
