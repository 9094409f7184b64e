import {
  kubeletMoment,
  kubeletPodMoment,
  type MachineLog,
  podMoment,
  requestMoment,
  serviceMoment,
} from "./machine-log.ts";
import type { Figure, Report } from "./report.ts";

/** The wall time from bootstrap to Ready, in terms of what the components on its way need by themselves. */
const goal = 1.2;

/** Moments of a cluster's start, milliseconds since 1970. A pod is begun when containerd is asked for it. */
export interface ClusterStart {
  readonly machine: number;
  readonly api: number;
  readonly containerd: number;
  readonly bootstrap: number;
  readonly etcdRuns: number;
  readonly etcd: number;
  readonly kubeletRuns: number;
  readonly kubeletTakesPods: number;
  readonly kubelet: number;
  readonly apiServerSeen: number;
  readonly apiServerPod: number;
  readonly apiServerAnswers: number;
  readonly apiServer: number;
  readonly registered: number;
  readonly managerSeen: number;
  readonly managerPod: number;
  readonly networkPlaced: number;
  readonly networkSeen: number;
  readonly networkPod: number;
  readonly nodeReady: number;
  readonly dnsPod: number;
  readonly dnsReady: number;
}

const healthy = /^Health check successful/;
const runs = /^Started task/;
const flannel = "kube-flannel-";
/** The API server is its own first client. */
const itself = "system:apiserver";

/** What only Kubernetes tells, in whole seconds. */
export type ToldMoments = Pick<ClusterStart, "nodeReady" | "dnsReady">;

export function clusterStart(log: MachineLog, told: ToldMoments): ClusterStart {
  const nodeReady = kubeletMoment(log, "Fast updating node status as it just became ready");
  const api = serviceMoment(log, "apid", healthy);
  const secondsBefore = Number(/the API answers on port \d+, ([\d.]+) seconds after start/.exec(log.console)?.[1]);
  return {
    machine: api - secondsBefore * 1_000,
    api,
    containerd: serviceMoment(log, "containerd", healthy),
    bootstrap: serviceMoment(log, "etcd", /^Bootstrap call received/),
    etcdRuns: serviceMoment(log, "etcd", runs),
    etcd: serviceMoment(log, "etcd", healthy),
    kubeletRuns: serviceMoment(log, "kubelet", runs),
    kubeletTakesPods: kubeletMoment(log, "Starting kubelet main sync loop"),
    kubelet: serviceMoment(log, "kubelet", healthy),
    apiServerSeen: kubeletPodMoment(log, "kube-apiserver-"),
    apiServerPod: podMoment(log, "kube-apiserver-"),
    apiServerAnswers: requestMoment(log, ({ user }) => user.username !== itself),
    // It asks itself ten times a second while it starts.
    apiServer: requestMoment(log, ({ requestURI }) => requestURI === "/readyz"),
    registered: kubeletMoment(log, "Successfully registered node"),
    managerSeen: kubeletPodMoment(log, "kube-controller-manager-"),
    managerPod: podMoment(log, "kube-controller-manager-"),
    networkPlaced: requestMoment(
      log,
      ({ objectRef }) => objectRef?.subresource === "binding" && objectRef.name?.startsWith(flannel) === true,
    ),
    networkSeen: kubeletPodMoment(log, flannel),
    networkPod: podMoment(log, flannel),
    // A kubelet that is slow to start says nothing of it.
    nodeReady: Number.isNaN(nodeReady) ? told.nodeReady : nodeReady,
    dnsPod: podMoment(log, "coredns-"),
    dnsReady: told.dnsReady,
  };
}

type Moment = keyof ClusterStart;

/** Each moment, what it is, and the one that it waits for. */
const timeLine: readonly (readonly [moment: Moment, name: string, after?: Moment])[] = [
  ["api", "API answers", "machine"],
  ["containerd", "containerd is healthy", "api"],
  ["kubeletRuns", "kubelet's program is started", "containerd"],
  ["bootstrap", "bootstrap is called", "containerd"],
  ["etcdRuns", "etcd's program is started", "bootstrap"],
  ["etcd", "etcd is healthy", "etcdRuns"],
  ["kubeletTakesPods", "kubelet takes pods", "kubeletRuns"],
  ["kubelet", "kubelet is healthy", "kubeletRuns"],
  ["apiServerSeen", "kubelet sees kube-apiserver's pod", "etcd"],
  ["apiServerPod", "kube-apiserver's pod is begun", "apiServerSeen"],
  ["apiServerAnswers", "API server answers others", "apiServerPod"],
  ["registered", "node is registered", "apiServerAnswers"],
  ["apiServer", "API server is ready (/readyz)", "apiServerPod"],
  ["managerSeen", "kubelet sees kube-controller-manager's pod", "apiServer"],
  ["managerPod", "kube-controller-manager's pod is begun", "managerSeen"],
  ["networkPlaced", "flannel's pod is made and placed", "managerPod"],
  ["networkSeen", "kubelet sees flannel's pod", "networkPlaced"],
  ["networkPod", "flannel's pod is begun", "networkSeen"],
  ["nodeReady", "node is Ready", "networkPod"],
  ["dnsPod", "CoreDNS's pod is begun", "nodeReady"],
  ["dnsReady", "CoreDNS is ready, a second more or less", "dnsPod"],
];

const nameOf = (moment: Moment) => timeLine.find(([other]) => other === moment)?.[1] ?? "the machine starts";

export function timeLineReport(start: ClusterStart): Report {
  const figures = timeLine
    .map(
      ([moment, name, after = "machine"]): Figure => ({
        ...{ name, value: start[moment] - start.machine, unit: "ms" },
        note: `${Math.round(start[moment] - start[after])} after: ${nameOf(after)}`,
      }),
    )
    .toSorted((left, right) => left.value - right.value);
  return { title: "A cluster's start, milliseconds since its machine's", figures };
}

/**
 * From bootstrap to Ready, everything waits for one thing before it: what the components need by themselves until they
 * do what the next waits for, a pod from when the kubelet sees it; and what passes in between.
 */
export function chainReport(start: ClusterStart): Report {
  // The kubelet starts before the call; only what it needs beyond that can be on the way.
  const kubeletMs = start.kubeletTakesPods - Math.max(start.kubeletRuns, start.bootstrap);
  const first = Math.max(start.etcd - start.etcdRuns, kubeletMs);
  const own = [
    ["etcd, or the kubelet's rest", first],
    ["kube-apiserver", start.apiServer - start.apiServerSeen],
    ["kube-controller-manager, kube-scheduler", start.networkPlaced - start.managerSeen],
    ["flannel, and the kubelet that sees it", start.nodeReady - start.networkSeen],
  ] as const;
  const wall = start.nodeReady - start.bootstrap;
  const sum = own.reduce((total, [, ms]) => total + ms, 0);
  return {
    title: "From bootstrap to Ready: what its components need by themselves, and the whole",
    figures: [
      ...own.map(([name, value]) => ({ name, value, unit: "ms" })),
      { name: "together", value: sum, unit: "ms" },
      { name: "in between", value: wall - sum, unit: "ms" },
      { name: "from bootstrap to Ready", value: wall, unit: "ms" },
      { name: "the same, in terms of the components", value: wall / sum, unit: "", goal },
    ],
  };
}
