import { Queue } from "../../../async/queue.ts";
import { messageOf } from "../../../errors/message.ts";
import { claimedRoles } from "../../../grpc/authorize.ts";
import type { Call } from "../../../grpc/call.ts";
import type { Handlers } from "../../../grpc/handler.ts";
import { implement } from "../../../grpc/implement.ts";
import { Code, StatusError } from "../../../grpc/status.ts";
import { healthChecks } from "../../../health/checks.ts";
import { allNodes, type ClusterInfo, nodeAt } from "../../../health/cluster.ts";
import { type ClusterNodes, membersOf, nodesOfKubernetes } from "../../../health/discover-nodes.ts";
import { kubernetesAccess } from "../../../health/kubernetes-access.ts";
import { machinesBehind } from "../../../health/machine-access.ts";
import { runChecks } from "../../../health/run-checks.ts";
import { KubeClient } from "../../../kube/client.ts";
import { accessOf } from "../../../kube/kubeconfig.ts";
import type { cluster } from "../../../proto/index.ts";
import { toNumber } from "../../../proto/int64.ts";
import { methods } from "../../../proto/methods.ts";
import { NodeAddress } from "../../../resources/network/node-address.ts";
import { KubernetesSecret } from "../../../resources/secrets/kubernetes-secret.ts";
import type { Machine } from "../../machine.ts";
import { localApi } from "./local-api.ts";

/** A day; certificates and timers have limits. */
const longestWaitMs = 86_400_000;
/** Lines that a client may be behind; the newest is the one that counts. */
const linesHeld = 64;
const endpointTimeoutMs = 3_000;

/** ClusterService: the machine looks at the whole cluster, and tells of each condition that it waits for. */
export const clusterHandlers = (machine: Pick<Machine, "state">): Handlers => ({
  "cluster.ClusterService/HealthCheck": implement(
    methods["cluster.ClusterService/HealthCheck"],
    (request, call): AsyncGenerator<cluster.HealthCheckProgress.$Properties> => healthCheck(machine, request, call),
  ),
});

async function* healthCheck(
  { state }: Pick<Machine, "state">,
  request: cluster.HealthCheckRequest,
  call: Call,
): AsyncGenerator<cluster.HealthCheckProgress.$Properties> {
  const waitMs = Math.min(longestWaitMs, millisecondsOf(request));
  const timeout = AbortSignal.timeout(waitMs);
  using lines = new Queue<string>(linesHeld);
  const ended = new AbortController();
  const signal = AbortSignal.any([call.signal, timeout, ended.signal]);
  using channel = await localApi(state, claimedRoles(call.metadata), waitMs);
  const endpoint = request.cluster_info?.force_endpoint ?? "";
  using kubernetes = kubernetesAccess({ kubeconfig: () => ownKubeconfig(state), endpoint });
  const ways = { machine: machinesBehind(channel), kubernetes: kubernetes.open };
  const cluster = { ...(await nodesFor(state, request, ways.kubernetes, signal)), ...ways };
  const look = async () => {
    await lookAt(cluster, lines, signal);
    if (endpoint === "") await noteEndpoint(state, lines, signal);
  };
  look().then(
    () => lines.close(),
    (thrown) => lines.close(timeout.aborted ? tooLong(thrown) : thrown),
  );
  try {
    for await (const message of lines) yield { message };
  } finally {
    ended.abort();
  }
}

async function lookAt(cluster: ClusterInfo, lines: Pick<Queue<string>, "push">, signal: AbortSignal): Promise<void> {
  const addresses = allNodes(cluster).map(({ address }) => `"${address}"`);
  lines.push(`discovered nodes: [${addresses.join(" ")}]`);
  const report = {
    waiting: ({ name }: { name: string }, missing: string) => lines.push(`waiting for ${name}: ${missing || "..."}`),
    done: ({ name }: { name: string }, outcome: string) => lines.push(`waiting for ${name}: ${outcome}`),
  };
  await runChecks(healthChecks(cluster), report, signal);
}

/**
 * Those that the request names; else those that the machine knows, else those that Kubernetes knows. In the first
 * moments of a cluster there are none of either, and this machine is all there is.
 */
async function nodesFor(
  state: Machine["state"],
  { cluster_info }: cluster.HealthCheckRequest,
  kubernetes: ClusterInfo["kubernetes"],
  signal: AbortSignal,
): Promise<ClusterNodes> {
  const { control_plane_nodes = [], worker_nodes = [] } = cluster_info ?? {};
  if (control_plane_nodes.length + worker_nodes.length > 0) {
    return { controlPlanes: control_plane_nodes.map(nodeAt), workers: worker_nodes.map(nodeAt) };
  }
  const members = await membersOf(state);
  if (members.controlPlanes.length > 0) return members;
  const nodes = await nodesOfKubernetes({ kubernetes }, signal).catch(() => undefined);
  if (nodes !== undefined && nodes.controlPlanes.length > 0) return nodes;
  const own = (await state.get(NodeAddress, "current"))?.spec.addresses.map((subnet) => subnet.replace(/\/.*$/, ""));
  const [address] = own ?? [];
  if (address === undefined) throw new StatusError(Code.failedPrecondition, "this machine has no address yet");
  return { controlPlanes: [{ address, addresses: own ?? [] }], workers: [] };
}

/**
 * The machine's own access, whatever the caller's roles: nothing of it but the state of nodes and pods is told. It
 * asks the API server of this machine, which needs no way around by the cluster's endpoint.
 */
async function ownKubeconfig(state: Machine["state"]): Promise<string> {
  const secret = (await state.get(KubernetesSecret, "k8s-certs"))?.spec;
  if (secret !== undefined) return secret.localhostAdminKubeconfig;
  throw new StatusError(Code.failedPrecondition, "this machine has no certificates for Kubernetes yet");
}

/** Machines of the cluster do without the endpoint that users have; that they could not reach it is worth a line. */
async function noteEndpoint(state: Machine["state"], lines: Pick<Queue<string>, "push">, signal: AbortSignal) {
  const kubeconfig = (await state.get(KubernetesSecret, "k8s-certs"))?.spec.adminKubeconfig;
  if (kubeconfig === undefined) return;
  const access = accessOf(kubeconfig);
  // Such an endpoint is of one computer that forwards it, and means something else here.
  if (/^(localhost|127\.|\[::1\])/.test(new URL(access.server).hostname)) return;
  using client = new KubeClient(access, { timeoutMs: endpointTimeoutMs });
  await client.text("/version", {}, signal).catch((thrown) => {
    lines.push(`all is well, but this machine cannot reach the endpoint ${access.server}: ${messageOf(thrown)}`);
  });
}

function millisecondsOf({ wait_timeout }: cluster.HealthCheckRequest): number {
  const ms = toNumber(wait_timeout?.seconds ?? 0) * 1_000 + (wait_timeout?.nanos ?? 0) / 1e6;
  if (ms > 0) return ms;
  throw new StatusError(Code.deadlineExceeded, "the time to wait is over: it was none");
}

const tooLong = (cause: unknown) =>
  new StatusError(Code.deadlineExceeded, cause instanceof Error ? cause.message : String(cause), { cause });
