import type { Resource } from "../../../cosi/resource.ts";
import type { StaticPodStatus } from "../../../resources/k8s/static-pod-status.ts";
import { type ContainerStatus, containersOf } from "../pod-status.ts";
import type { ComponentId } from "./places.ts";

export type PodStatuses = readonly Resource<StaticPodStatus>[];

/**
 * Starts of components whose reason to wait is gone. One that ends because what it needs is away is started again ever
 * more seldom, up to five minutes later, although that is back meanwhile. A pod that is made anew has no such past.
 */
export class FreshStarts {
  readonly #given = new Map<ComponentId, { readonly count: number; readonly endedAtMs: number }>();
  #etcdSinceMs: number | undefined;
  /** The start of the API server that was seen to serve; of another one it is not known. */
  #served: { readonly start: string | undefined; readonly sinceMs: number } | undefined;

  /** What uses it may end from now on. */
  etcdIsAway(): void {
    this.#etcdSinceMs = undefined;
    this.#served = undefined;
  }

  /** Whether the API server that runs has been seen to serve. One that does not run is none to ask. */
  hasSeen(statuses: PodStatuses): boolean {
    const start = startOf(statuses);
    return start === undefined || (this.#served !== undefined && this.#served.start === start);
  }

  apiServerServes(statuses: PodStatuses, nowMs = Date.now()): void {
    this.#served = { start: startOf(statuses), sinceMs: nowMs };
  }

  /** Gives another start to each component that waits since before what it needs was there. @returns those */
  give(statuses: PodStatuses, nowMs = Date.now()): readonly ComponentId[] {
    this.#etcdSinceMs ??= nowMs;
    const apiServerSinceMs = this.#served?.sinceMs ?? 0;
    const due = [
      this.#isDue("kube-apiserver", statuses, this.#etcdSinceMs),
      this.#isDue("kube-controller-manager", statuses, apiServerSinceMs),
      this.#isDue("kube-scheduler", statuses, apiServerSinceMs),
    ];
    return due.filter((id) => id !== undefined);
  }

  countOf(id: ComponentId): number {
    return this.#given.get(id)?.count ?? 0;
  }

  /** What made it end with all it needs keeps it waiting, as it should. */
  #isDue(id: ComponentId, statuses: PodStatuses, neededSinceMs: number): ComponentId | undefined {
    const { state, lastState } = componentStatus(id, statuses) ?? {};
    if (state?.waiting?.reason !== "CrashLoopBackOff") return undefined;
    const endedAtMs = Date.parse(lastState?.terminated?.finishedAt ?? "");
    // Once for each end: the status is that of the old pod until the kubelet has been asked again.
    if (!(endedAtMs < neededSinceMs) || this.#given.get(id)?.endedAtMs === endedAtMs) return undefined;
    this.#given.set(id, { count: this.countOf(id) + 1, endedAtMs });
    return id;
  }
}

/** When the API server's program began, as the kubelet writes it; undefined while it does not run. */
const startOf = (statuses: PodStatuses): string | undefined =>
  componentStatus("kube-apiserver", statuses)?.state?.running?.startedAt;

/** A static pod bears its node's name, too. */
function componentStatus(id: ComponentId, statuses: PodStatuses): ContainerStatus | undefined {
  const pod = statuses.find(({ metadata }) => metadata.id.startsWith(`kube-system/${id}-`));
  return pod && containersOf(pod.spec).find(({ name }) => name === id);
}
