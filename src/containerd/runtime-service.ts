import { runtime } from "../proto/containerd.ts";
import { toNumber } from "../proto/int64.ts";
import { type Calls, methodsOf } from "./calls.ts";

const v1 = runtime.v1;
const method = methodsOf("runtime.v1.RuntimeService");
const listPods = method("ListPodSandbox", v1.ListPodSandboxRequest, v1.ListPodSandboxResponse);
const listContainers = method("ListContainers", v1.ListContainersRequest, v1.ListContainersResponse);
const status = method("ContainerStatus", v1.ContainerStatusRequest, v1.ContainerStatusResponse);
const listStats = method("ListContainerStats", v1.ListContainerStatsRequest, v1.ListContainerStatsResponse);
const stopContainer = method("StopContainer", v1.StopContainerRequest, v1.StopContainerResponse);
const stopPod = method("StopPodSandbox", v1.StopPodSandboxRequest, v1.StopPodSandboxResponse);

/** The room that a pod's containers share. */
export interface PodSandbox {
  readonly id: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** `SANDBOX_READY` or `SANDBOX_NOTREADY`. */
  readonly state: string;
}

export interface PodContainer {
  readonly id: string;
  /** Of its sandbox. */
  readonly podId: string;
  readonly name: string;
  /** How many it replaced in this pod. */
  readonly attempt: number;
  /** `CONTAINER_RUNNING`, `CONTAINER_EXITED`, … */
  readonly state: string;
}

/** How it went with a container. */
export interface ContainerFate {
  readonly startedAt: Date;
  /** Undefined while it runs. */
  readonly ended?: { readonly at: Date; readonly exitCode: number; readonly reason: string };
  /** The file that its output went to, empty when it has none. */
  readonly logPath: string;
}

/** What a container uses at the moment. */
export interface ContainerUsage {
  /** The kubelet's working set. */
  readonly memoryBytes: number;
  /** Since its start. */
  readonly cpuNs: number;
}

/** What the kubelet asks of containerd about pods, as far as we ask it too. */
export interface RuntimeService {
  /** Those that can run containers. */
  readyPods(): Promise<PodSandbox[]>;
  containers(): Promise<PodContainer[]>;
  /** The file that the container's output goes to, empty when it has none. @throws StatusError notFound */
  logPath(id: string): Promise<string>;
  /** @throws StatusError notFound */
  fate(id: string): Promise<ContainerFate>;
  /** Of running containers, by id. */
  usage(): Promise<Map<string, ContainerUsage>>;
  /** Returns when it has ended, by force if need be. The kubelet starts another if the pod wants one. */
  stopContainer(id: string, graceS: number): Promise<void>;
  stopPod(id: string): Promise<void>;
}

export const runtimeServiceOf = (calls: Calls): RuntimeService => ({
  readyPods: async () => {
    const filter = { state: { state: v1.PodSandboxState.SANDBOX_READY } };
    const { items } = await calls.unary(listPods, { filter });
    return items.map(({ id, metadata, state }) => ({
      ...{ id, namespace: metadata?.namespace ?? "", name: metadata?.name ?? "", uid: metadata?.uid ?? "" },
      state: v1.PodSandboxState[state] ?? "",
    }));
  },
  containers: async () => {
    const { containers } = await calls.unary(listContainers, {});
    return containers.map(({ id, pod_sandbox_id, metadata, state }) => ({
      ...{ id, podId: pod_sandbox_id, name: metadata?.name ?? "", attempt: metadata?.attempt ?? 0 },
      state: v1.ContainerState[state] ?? "",
    }));
  },
  logPath: async (id) => (await calls.unary(status, { container_id: id })).status?.log_path ?? "",
  fate: async (id) => {
    const { status: found } = await calls.unary(status, { container_id: id });
    const { started_at, finished_at, exit_code = 0, reason = "", log_path = "" } = found ?? {};
    const endedAtNs = toNumber(finished_at ?? 0);
    return {
      ...{ startedAt: dateOfNs(toNumber(started_at ?? 0)), logPath: log_path },
      ...(endedAtNs > 0 && { ended: { at: dateOfNs(endedAtNs), exitCode: exit_code, reason } }),
    };
  },
  usage: async () => {
    const { stats } = await calls.unary(listStats, {});
    return new Map(
      stats.map(({ attributes, cpu, memory }) => [
        attributes?.id ?? "",
        {
          memoryBytes: toNumber(memory?.working_set_bytes?.value ?? 0),
          cpuNs: toNumber(cpu?.usage_core_nano_seconds?.value ?? 0),
        },
      ]),
    );
  },
  stopContainer: async (id, graceS) => {
    await calls.unary(stopContainer, { container_id: id, timeout: graceS }, { timeoutMs: (graceS + 30) * 1_000 });
  },
  stopPod: async (id) => {
    await calls.unary(stopPod, { pod_sandbox_id: id }, { timeoutMs: 120_000 });
  },
});

const dateOfNs = (ns: number): Date => new Date(Math.floor(ns / 1e6));
