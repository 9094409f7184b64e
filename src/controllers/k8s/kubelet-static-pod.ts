import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { defineController, type ReconcileContext } from "../../cosi/controller.ts";
import { messageOf } from "../../errors/message.ts";
import { type KubeletAccess, type KubeletPod, kubeletPods } from "../../kube/kubelet.ts";
import type { Document } from "../../resources/fields/struct.ts";
import { Nodename } from "../../resources/k8s/nodename.ts";
import { StaticPod } from "../../resources/k8s/static-pod.ts";
import { StaticPodStatus } from "../../resources/k8s/static-pod-status.ts";
import { KubernetesDynamicCert } from "../../resources/secrets/kubernetes-dynamic-cert.ts";
import { KubernetesRootSecret } from "../../resources/secrets/kubernetes-root-secret.ts";
import { Service } from "../../resources/v1alpha1/service.ts";
import { kubeletFiles } from "../kubelet-files.ts";
import { identityOf, pemText } from "../secrets/pem-pair.ts";

export interface KubeletStaticPodOptions {
  /** Yields when a container of a pod starts or ends. */
  readonly podEvents: (signal: AbortSignal) => AsyncIterable<unknown>;
  readonly list?: (access: KubeletAccess, signal: AbortSignal) => Promise<readonly KubeletPod[]>;
  /** Of these pods, by `<namespace>/<name>`, those with a container that has failed; from whoever runs them. */
  readonly failed?: (ids: ReadonlySet<string>, signal: AbortSignal) => Promise<readonly KubeletPod[]>;
  /** Authorities of kubelets that nobody has signed a certificate for: what they made themselves. */
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
  const { podEvents, list = kubeletPods, ownCertificate = join(kubeletFiles.pki, "kubelet.crt") } = options;
  const { failed = async () => [] } = options;
  let nextAfterMs = firstAfterMs;
  let hasTold = false;
  return defineController({
    name: "k8s.KubeletStaticPodController",
    inputs: [
      { kind: Service, id: "kubelet", strength: "weak" },
      { kind: KubernetesDynamicCert, id: "k8s-dynamic-certs", strength: "weak" },
      { kind: KubernetesRootSecret, id: "k8s", strength: "weak" },
      { kind: Nodename, id: "nodename", strength: "weak" },
      { kind: StaticPod, strength: "weak" },
    ],
    outputs: [{ kind: StaticPodStatus, sharing: "exclusive" }],
    async *wakeOn(signal) {
      for await (const event of podEvents(signal)) {
        nextAfterMs = firstAfterMs;
        yield event;
      }
    },
    async reconcile(context) {
      const access = await accessOf(context, ownCertificate);
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
        const asked = failed(await ours(context, access.nodename), context.signal);
        const pods = await asked.catch((cause) => {
          context.log("debug", messageOf(cause));
          return [];
        });
        for (const pod of pods) await context.put(StaticPodStatus, idOf(pod), statusOf(pod));
      }
    },
  });
};

/** As API servers call kubelets; undefined while no kubelet runs, and on workers, which no kubelet would answer. */
async function accessOf(
  context: Pick<ReconcileContext, "get">,
  ownCertificate: string,
): Promise<KubeletAccess | undefined> {
  const service = await context.get(Service, "kubelet");
  const certificates = (await context.get(KubernetesDynamicCert, "k8s-dynamic-certs"))?.spec;
  const root = (await context.get(KubernetesRootSecret, "k8s"))?.spec;
  const name = (await context.get(Nodename, "nodename"))?.spec;
  if (service?.metadata.phase !== "running" || !service.spec.running) return undefined;
  if (certificates === undefined || root === undefined || name === undefined) return undefined;
  const own = await readFile(ownCertificate, "utf8").catch(() => "");
  return {
    ...{ host: "127.0.0.1", port: 10_250, nodename: name.nodename },
    ca: [...root.acceptedCAs.map(({ crt }) => pemText(crt)), own].join("\n"),
    ...identityOf(certificates.apiServerKubeletClient),
  };
}

/** What the kubelet calls the pods that we let it run. */
async function ours(context: Pick<ReconcileContext, "list">, nodename: string): Promise<ReadonlySet<string>> {
  const pods = await context.list(StaticPod);
  return new Set(
    pods.map(({ spec }) => {
      const { name, namespace = "default" } = spec.metadata as { readonly name: string; readonly namespace?: string };
      return `${namespace}/${name}-${nodename}`;
    }),
  );
}

/** Not from the API server, but from a file or from our list. */
const isStatic = ({ metadata }: KubeletPod): boolean =>
  ["file", "http"].includes(metadata.annotations?.["kubernetes.io/config.source"] ?? "");

const idOf = ({ metadata: { namespace, name } }: KubeletPod): string => `${namespace}/${name}`;

const statusOf = ({ status }: KubeletPod): Document => status as Document;
