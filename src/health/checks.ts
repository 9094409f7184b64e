import { bootsAreFinished } from "./boot-sequence.ts";
import { type Check, check } from "./check.ts";
import type { ClusterInfo } from "./cluster.ts";
import { membersAgree, membersAreControlPlanes } from "./etcd.ts";
import { nodesAreReady, nodesAreSchedulable, nodesReport } from "./kubernetes-nodes.ts";
import { componentsAreReady, podsAreReady, staticPodsRun } from "./kubernetes-pods.ts";
import { apiAnswers, diskSuffices, memorySuffices, nothingToDiagnose } from "./machines.ts";
import { serviceIsHealthy } from "./services.ts";
import { withDiagnoses } from "./with-diagnoses.ts";

/** All that makes a cluster healthy, in the order in which it comes about. */
export const healthChecks = (cluster: ClusterInfo): readonly Check[] => [
  ...machineChecks(cluster),
  ...kubernetesChecks(cluster).map((each) => withDiagnoses(cluster, each)),
];

const kubernetesChecks = (cluster: ClusterInfo): readonly Check[] => [
  check("all k8s nodes to report", (signal) => nodesReport(cluster, signal), { lookTimeoutMs: 30_000 }),
  check("all control plane static pods to be running", () => staticPodsRun(cluster)),
  check("all control plane components to be ready", (signal) => componentsAreReady(cluster, signal)),
  check("all k8s nodes to report ready", (signal) => nodesAreReady(cluster, signal), { timeoutMs: 600_000 }),
  check("kube-proxy to report ready", (signal) => podsAreReady(cluster, "daemonsets", "kube-proxy", signal)),
  check("coredns to report ready", (signal) => podsAreReady(cluster, "deployments", "kube-dns", signal)),
  check("all k8s nodes to report schedulable", (signal) => nodesAreSchedulable(cluster, signal)),
];

/** The part that does without Kubernetes: the machines are up, and so is etcd. */
export const machineChecks = (cluster: ClusterInfo): readonly Check[] => [
  ...beforeDiagnostics(cluster).map((each) => withDiagnoses(cluster, each)),
  check("no diagnostics", () => nothingToDiagnose(cluster), { timeoutMs: 60_000 }),
  ...afterDiagnostics(cluster).map((each) => withDiagnoses(cluster, each)),
];

const beforeDiagnostics = (cluster: ClusterInfo): readonly Check[] => [
  check("etcd to be healthy", (signal) => serviceIsHealthy(cluster, cluster.controlPlanes, "etcd", signal)),
  check("etcd members to be consistent across nodes", (signal) => membersAgree(cluster, signal)),
  check("etcd members to be control plane nodes", (signal) => membersAreControlPlanes(cluster, signal)),
  check("apid to be ready", (signal) => apiAnswers(cluster, signal)),
  check("all nodes memory sizes", (signal) => memorySuffices(cluster, signal)),
  check("all nodes disk sizes", (signal) => diskSuffices(cluster, signal)),
];

const afterDiagnostics = (cluster: ClusterInfo): readonly Check[] => [
  check("kubelet to be healthy", (signal) => serviceIsHealthy(cluster, cluster.controlPlanes, "kubelet", signal)),
  check("all nodes to finish boot sequence", () => bootsAreFinished(cluster)),
];
