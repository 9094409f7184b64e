import type { StaticPodStatus } from "../../resources/k8s/static-pod-status.ts";

/** What we read of a v1.ContainerStatus. */
export interface ContainerStatus {
  readonly name?: string;
  readonly state?: ContainerState;
  readonly lastState?: ContainerState;
}
export interface ContainerState {
  readonly running?: { readonly startedAt?: string };
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly terminated?: {
    readonly reason?: string;
    readonly message?: string;
    readonly exitCode?: number;
    readonly finishedAt?: string;
  };
}

/** The containers of a pod, as its kubelet has them. */
export const containersOf = (status: StaticPodStatus): readonly ContainerStatus[] =>
  (status as { readonly containerStatuses?: readonly ContainerStatus[] }).containerStatuses ?? [];
