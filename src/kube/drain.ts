import { Notice } from "../async/notice.ts";
import { pause } from "../async/pause.ts";
import { Failure } from "../errors/failure.ts";
import { messageOf } from "../errors/message.ts";
import type { KubeClient, Query } from "./client.ts";
import { follow } from "./follow.ts";
import { isKubeError } from "./kube-error.ts";
import { type KubeObject, keyOf, type ObjectMetadata } from "./object.ts";

interface Owner {
  readonly kind?: string;
  readonly controller?: boolean;
}

interface Pod extends KubeObject {
  readonly metadata?: ObjectMetadata & { readonly ownerReferences?: readonly Owner[] };
  readonly status?: { readonly phase?: string };
}

export interface DrainOptions {
  readonly node: string;
  /** Aborting it ends the drain; what has been evicted stays evicted. */
  readonly signal: AbortSignal;
  /** What pods get to end, in seconds. */
  readonly gracePeriodSeconds?: number;
  /** How long an evicted pod is waited for. */
  readonly perPodMs?: number;
  /** Between two tries to evict what a disruption budget protects. */
  readonly retryMs?: number;
  readonly log?: (message: string) => void;
}

/**
 * Evicts the pods of a node that something will start again elsewhere, all at once, and waits until they are gone.
 * Pods that stay: those of DaemonSets, static pods, and those that nobody would start again.
 * A pod that cannot be evicted is told of and left behind.
 */
export async function drainNode(client: KubeClient, options: DrainOptions): Promise<void> {
  const { node, signal, log = () => undefined } = options;
  const query = { fieldSelector: `spec.nodeName=${node}` };
  const { items } = await client.list<Pod>("/api/v1/pods", query, signal);
  const evicted = items.filter(isEvicted);
  if (evicted.length === 0) return;
  using present = new Presence(client, query, signal);
  log(`evicting ${evicted.length} of ${items.length} pods of ${node}`);
  await Promise.all(
    evicted.map(async (pod) => {
      try {
        await evict(client, pod, options);
        await present.gone(pod, options.perPodMs ?? 60_000);
      } catch (thrown) {
        if (!signal.aborted) log(`pod ${keyOf(pod)} stays: ${messageOf(thrown)}`);
      }
    }),
  );
  signal.throwIfAborted();
}

const mirrorPod = "kubernetes.io/config.mirror";

/** Whether something starts it again elsewhere, and it has not ended by itself. */
function isEvicted({ metadata = {}, status = {} }: Pod): boolean {
  if (metadata.annotations?.[mirrorPod] !== undefined) return false;
  if (status.phase === "Succeeded" || status.phase === "Failed") return false;
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
  return owner !== undefined && owner.kind !== "DaemonSet";
}

async function evict(client: KubeClient, pod: Pod, options: DrainOptions): Promise<void> {
  const { signal, gracePeriodSeconds = 60, retryMs = 5_000 } = options;
  const { name = "", namespace = "default" } = pod.metadata ?? {};
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}/eviction`;
  const body = {
    apiVersion: "policy/v1",
    kind: "Eviction",
    metadata: { name, namespace },
    deleteOptions: { gracePeriodSeconds },
  };
  while (!signal.aborted) {
    try {
      await client.create(path, body, signal);
      return;
    } catch (thrown) {
      if (isKubeError(thrown, 404)) return;
      // A disruption budget holds it until others are well: nobody tells when that is.
      if (!isKubeError(thrown, 429)) throw thrown;
    }
    await pause(retryMs, signal);
  }
}

/** Which pods of a node are still there, by one watch for all who wait. */
class Presence implements Disposable {
  readonly #changed = new Notice();
  readonly #stopping = new AbortController();
  readonly #signal: AbortSignal;
  #uids: ReadonlySet<string> | undefined;

  constructor(client: KubeClient, query: Query, signal: AbortSignal) {
    this.#signal = AbortSignal.any([signal, this.#stopping.signal]);
    void this.#follow(client, query);
  }

  /** @throws Failure when it is still there after that time */
  async gone({ metadata = {} }: Pod, limitMs: number): Promise<void> {
    const enough = AbortSignal.any([this.#signal, AbortSignal.timeout(limitMs)]);
    while (this.#uids === undefined || this.#uids.has(metadata.uid ?? "")) {
      if (enough.aborted) throw new Failure(`Cannot wait for its end any longer: ${limitMs / 1_000} s have passed`);
      await this.#changed.next(enough);
    }
  }

  [Symbol.dispose](): void {
    this.#stopping.abort();
  }

  async #follow(client: KubeClient, query: Query): Promise<void> {
    for await (const pods of follow<Pod>(client, "/api/v1/pods", query, this.#signal)) {
      this.#uids = new Set([...pods.values()].map(({ metadata }) => metadata?.uid ?? ""));
      this.#changed.post();
    }
  }
}
