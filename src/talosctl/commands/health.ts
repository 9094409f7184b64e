import { formatDuration } from "../../clock/duration.ts";
import { Failure } from "../../errors/failure.ts";
import { messageOf } from "../../errors/message.ts";
import type { Client } from "../client/client.ts";
import { oneNode } from "../client/one-node.ts";
import type { ProgressOutput } from "../cluster/progress.ts";
import { type Context, command } from "../command.ts";
import { boolean, duration, list, text } from "../flag.ts";
import type { HealthWait } from "../health/wait-until-healthy.ts";

export const health = command({
  name: "health",
  summary: "Wait until the cluster is healthy, and show what it waits for",
  description:
    "Looks at etcd, the machines, the kubelets and Kubernetes, in the order in which they come up. The machine that is\nasked does it, and sees the cluster as its machines do; with --server=false this computer does.",
  group: "manage",
  flags: {
    server: boolean({ doc: "Let the machine look", default: true }),
    waitTimeout: duration({ doc: "How long to wait", default: "20m" }),
    controlPlaneNodes: list({ doc: "Addresses of the control plane; by default those that the machine knows" }),
    workerNodes: list({ doc: "Addresses of the workers" }),
    initNode: text({ doc: "Address of one more control plane node", placeholder: "address" }),
    k8sEndpoint: text({ doc: "Reach Kubernetes here, not where the config says", placeholder: "host:port" }),
    runE2e: boolean({ doc: "Not here: run the conformance tests with a tool of their own", hidden: true }),
  },
  examples: [
    "talosctl health -n 10.0.0.2",
    "talosctl health -n 10.0.0.2 --wait-timeout 5m",
    "talosctl health --server=false --control-plane-nodes 10.0.0.2 --worker-nodes 10.0.0.3,10.0.0.4",
  ],
  async run({ flags, client, warn, signal }) {
    if (flags.runE2e) {
      throw new Failure("Cannot run the conformance tests: they are no part of talosctl", {
        hint: "Get a kubeconfig (talosctl kubeconfig), and let sonobuoy or hydrophone use it",
      });
    }
    // The machine says what is missing when the time is over: it is given a moment for that.
    const timeout = AbortSignal.timeout(flags.waitTimeout + (flags.server ? graceMs : 0));
    const { Progress } = await import("../cluster/progress.ts");
    const progress = new Progress(outputFor(warn));
    const given = flags.initNode === undefined ? [] : [flags.initNode];
    const nodes: Nodes = {
      controlPlanes: [...given, ...flags.controlPlaneNodes],
      workers: flags.workerNodes,
      ...(flags.k8sEndpoint !== undefined && { kubernetesEndpoint: flags.k8sEndpoint }),
    };
    const wait = { progress, signal: AbortSignal.any([signal, timeout]) };
    try {
      if (flags.server) await letMachineLook(await client(), nodes, flags.waitTimeout, wait);
      else await look(await client({ nodesNeeded: false }), nodes, wait);
    } catch (cause) {
      const isLate = cause instanceof Failure && "code" in cause && cause.code === deadlineExceeded;
      if (!timeout.aborted && !isLate) throw cause;
      const last = messageOf(cause);
      throw new Failure(`Cannot call the cluster healthy after ${formatDuration(flags.waitTimeout)}: ${last}`);
    }
  },
});

const graceMs = 5_000;
/** gRPC's code; its table would be loaded for the help of every command. */
const deadlineExceeded = 4;

interface Nodes {
  readonly controlPlanes: readonly string[];
  readonly workers: readonly string[];
  readonly kubernetesEndpoint?: string;
}

async function look(client: Client, nodes: Nodes, wait: HealthWait): Promise<void> {
  const [{ clusterBehind }, { waitUntilHealthy }] = await Promise.all([
    import("../health/cluster-behind.ts"),
    import("../health/wait-until-healthy.ts"),
  ]);
  using cluster = await clusterBehind({ ...nodes, channel: client.channel, signal: wait.signal });
  await waitUntilHealthy(cluster, wait);
}

async function letMachineLook(client: Client, nodes: Nodes, waitTimeoutMs: number, wait: HealthWait): Promise<void> {
  const node = oneNode(client, "check the cluster's health");
  const { showChecks } = await import("../health/show-checks.ts");
  const { controlPlanes, workers, kubernetesEndpoint = "" } = nodes;
  const request = {
    wait_timeout: { seconds: Math.floor(waitTimeoutMs / 1_000), nanos: (waitTimeoutMs % 1_000) * 1e6 },
    cluster_info: {
      control_plane_nodes: [...controlPlanes],
      worker_nodes: [...workers],
      force_endpoint: kubernetesEndpoint,
    },
  };
  const { signal } = wait;
  async function* messages(): AsyncGenerator<string> {
    for await (const reply of client.streamAt(node, "cluster.ClusterService/HealthCheck", request, { signal })) {
      if (reply.metadata?.error) throw new Failure(`Cannot check the cluster's health: ${reply.metadata.error}`);
      yield reply.message;
    }
  }
  await showChecks(messages(), wait);
}

/** A person's terminal shows each check as it goes; a file gets lines. */
const outputFor = (warn: Context["warn"]): ProgressOutput =>
  process.stderr.isTTY ? process.stderr : { write: (text: string) => warn(text.replace(/\n$/, "")) };
