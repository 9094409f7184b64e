import { mkdir } from "node:fs/promises";
import { OneAtATime } from "../../async/one-at-a-time.ts";
import { formatDuration } from "../../clock/duration.ts";
import { Failure } from "../../errors/failure.ts";
import { type BootFiles, type Compression, findBootFiles } from "./artifacts.ts";
import { type ConfigPatches, writeConfiguration } from "./configuration.ts";
import { type ClusterDirectory, clusterDirectory } from "./directory.ts";
import { endpointOf } from "./endpoint.ts";
import { isRunning } from "./host-process.ts";
import { waitForKubernetes } from "./kubernetes.ts";
import { lockCluster } from "./lock.ts";
import { type NodeCounts, nodeCounts, type PlannedNode, planNodes, pluggedAgain, refuseCounts } from "./nodes.ts";
import type { Progress } from "./progress.ts";
import type { ConfigVolume, MachineOrder, Provisioner } from "./provisioner.ts";
import { selectProvisioner } from "./provisioners.ts";
import { configUrl, ensureServer } from "./server/ensure.ts";
import type { Architecture, ClusterState, NodeRole, NodeState, Plugged, ProvisionerName } from "./state.ts";
import { readState, writeState } from "./state.ts";
import { type ReadyNode, waitForMachines } from "./wait.ts";

/** What machines of a role are given. */
export interface MachineSize {
  readonly cpus: number;
  readonly memoryMib: number;
}

export interface CreateOptions extends Plugged {
  readonly name: string;
  /** Directory that holds all clusters. */
  readonly stateRoot: string;
  /** Where the build leaves kernel, initramfs and images. */
  readonly outputDirectory: string;
  readonly provisioner: ProvisionerName;
  readonly architecture: Architecture;
  readonly counts: NodeCounts;
  readonly sizes: Readonly<Record<NodeRole, MachineSize>>;
  readonly diskBytes: number;
  /** Network of the machines; chosen where it is not given. */
  readonly cidr?: string;
  readonly kernel?: string;
  readonly initrd?: string;
  readonly compression?: Compression;
  readonly configPatches: ConfigPatches;
  readonly kubernetesVersion?: string;
  /** How machines get their config; `none` leaves them waiting for somebody to hand them one. */
  readonly injection: "http" | ConfigVolume | "none";
  /** Lets etcd begin on a cluster that has no data; without it somebody else is to. */
  readonly bootstrap: boolean;
  /** Otherwise return when the machines were started and the cluster was begun, whatever becomes of it. */
  readonly wait: boolean;
  /** Wait for the nodes of Kubernetes, not only for the machines. */
  readonly untilNodesReady: boolean;
  readonly kubeconfig: boolean;
  readonly waitTimeoutMs: number;
  readonly signal: AbortSignal;
}

export interface CreatedCluster {
  readonly directory: ClusterDirectory;
  readonly state: ClusterState;
  /** In the order of the cluster's machines. */
  readonly nodes: readonly ReadyNode[];
  readonly boot: BootFiles;
  readonly leftOut: ReadonlyMap<string, string>;
}

/**
 * Brings a cluster up, from wherever it is: new, stopped, booting or running. Running machines are left as they are.
 * @throws Failure when it does not come up; what was started stays, to be looked at, until it is destroyed.
 */
export async function createCluster(options: CreateOptions, progress: Progress): Promise<CreatedCluster> {
  refuseCounts(options.counts);
  const directory = clusterDirectory(options.stateRoot, options.name);
  await using _lock = await lockCluster(directory);
  const before = await readState(directory.state);
  if (before !== undefined) refuseOther(before, options);
  const boot = await findBootFiles(options);
  const counts = nodeCounts(options.counts, before);
  const provisioner = await selectProvisioner({ ...options, counts, before });
  await mkdir(directory.path, { recursive: true, mode: 0o700 });
  const recorded = await Promise.all(
    (before?.nodes ?? []).map(async (node) => ({ node, isRunning: await isRunning(node.process) })),
  );
  const nodes = planNodes(options.name, counts, provisioner, recorded);
  const running = new Set(recorded.filter((record) => record.isRunning).map(({ node }) => node.name));
  const context: Context = { options, directory, boot, provisioner, progress, nodes, records: new OneAtATime() };
  const state = await startCluster(context, before, running);
  const ready = await waitForCluster(context, state);
  return { directory, state: await currentState(directory), nodes: ready, boot, leftOut: provisioner.leftOut };
}

/** First for the machines, whose consoles are watched meanwhile, then for what they become together. */
async function waitForCluster(context: Context, state: ClusterState): Promise<readonly ReadyNode[]> {
  const { options, directory, provisioner, progress, nodes } = context;
  const { injection, waitTimeoutMs, untilNodesReady, kubeconfig } = options;
  const timeout = AbortSignal.timeout(waitTimeoutMs);
  const ready = await waitForMachines({
    ...{ options, directory, provisioner, progress, nodes: state.nodes },
    restart: async (name) => {
      const node = nodes.find((planned) => planned.name === name);
      if (node === undefined) throw new Failure(`Cannot start "${name}": the cluster has no such machine`);
      return await startNode(context, node);
    },
  });
  const isCluster = options.wait && injection !== "none" && !ready.some(({ awaitsBootstrap }) => awaitsBootstrap);
  if (!isCluster || provisioner.leftOut.has("kubelet")) return ready;
  const signal = AbortSignal.any([options.signal, timeout]);
  await waitForKubernetes({
    ...{ directory, progress, signal, untilNodesReady, kubeconfig },
    checkTimeoutMs: waitTimeoutMs,
    nodes: ready.map(({ node }) => node),
  }).catch((cause) => {
    if (!timeout.aborted) throw cause;
    throw new Failure(`Cannot see cluster "${options.name}" ready within ${formatDuration(waitTimeoutMs)}`, {
      cause,
      hint: "It goes on: talosctl health shows how far it is, and cluster create waits once more",
    });
  });
  return ready;
}

interface Context {
  readonly options: CreateOptions;
  readonly directory: ClusterDirectory;
  readonly boot: BootFiles;
  readonly provisioner: Provisioner;
  readonly progress: Progress;
  readonly nodes: readonly PlannedNode[];
  /** Changes of the state, one after the other. */
  readonly records: OneAtATime;
}

/** A cluster keeps its way of running; another one is another cluster. */
function refuseOther(state: ClusterState, { provisioner, architecture, name }: CreateOptions): void {
  const hint = "destroy it first (talosctl cluster destroy), or give the new one another --name";
  if (state.provisioner !== provisioner || state.architecture !== architecture)
    throw new Failure(
      `Cannot run cluster "${name}" with ${provisioner} on ${architecture}: it exists with ${state.provisioner} on ${state.architecture}`,
      { hint },
    );
  // Machines had no names of their own when there was one of them.
  if (state.nodes.some((node) => !node.name.startsWith(`${name}-`)))
    throw new Failure(`Cannot go on with cluster "${name}": an older version made it`, { hint });
}

/** Starts what does not run: the server, which machines need for images and at their next boot, and machines. */
async function startCluster(
  context: Context,
  before: ClusterState | undefined,
  running: ReadonlySet<string>,
): Promise<ClusterState> {
  const { options, directory, provisioner, progress, nodes } = context;
  const stopped = nodes.filter(({ name }) => !running.has(name));
  // Machines know it, once there are any.
  const known = before?.nodes.length === 0 ? undefined : before?.endpoint;
  const endpoint = known ?? endpointOf(nodes, provisioner);
  let state: ClusterState = {
    ...(before ?? { version: 1, name: options.name, nodes: [], createdAt: new Date().toISOString() }),
    ...{ provisioner: provisioner.name, architecture: options.architecture, endpoint },
    ...(provisioner.cidr === undefined ? {} : { cidr: provisioner.cidr }),
    cleanup: [...new Set([...(before?.cleanup ?? []), ...provisioner.leavings(nodes.map(({ name }) => name))])],
  };
  // Before anything is made: from here on, destroy undoes it.
  await writeState(directory.state, state);
  await provisioner.prepare();
  const server = await ensureServer({ directory, provisioner, options, before: before?.server, nodes });
  state = { ...state, server };
  await writeState(directory.state, state);
  if (stopped.length > 0)
    await progress.step("Writing the machines' configs and your talosconfig", () =>
      writeConfiguration({
        ...{ directory, nodes, endpoint, patches: options.configPatches },
        registryUrl: `http://${provisioner.hostAddress}:${server.port}`,
        ...(options.kubernetesVersion === undefined ? {} : { kubernetesVersion: options.kubernetesVersion }),
      }),
    );
  for (const node of stopped) await startNode(context, node);
  return await currentState(directory);
}

async function startNode(context: Context, planned: PlannedNode): Promise<NodeState> {
  const { options, directory, provisioner, boot, progress } = context;
  const { name, role, place, before } = planned;
  const plugged = pluggedAgain(options, before);
  const { server } = await currentState(directory);
  if (server === undefined) throw new Failure("Cannot start a machine: its server does not run");
  const started = await progress.step(`Starting ${name}`, () =>
    provisioner.start({
      ...{ directory, node: name, role, boot, place },
      architecture: options.architecture,
      ...options.sizes[role],
      diskBytes: options.diskBytes,
      ...plugged,
      config: configFor(options, configUrl(provisioner.hostAddress, server, role)),
    }),
  );
  const { address, host, ports } = place;
  const node: NodeState = { name, role, address, host, ports, ...plugged, ...started, build: boot.identity };
  // Machines that failed early are started again while others are.
  await context.records.run(() => recordNode(context, node));
  progress.say(`    ${started.runsOn}`);
  return node;
}

async function recordNode({ directory, nodes: planned }: Context, node: NodeState): Promise<void> {
  const state = await currentState(directory);
  const order = planned.map(({ name }) => name);
  const nodes = [...state.nodes.filter(({ name }) => name !== node.name), node];
  nodes.sort((left, right) => order.indexOf(left.name) - order.indexOf(right.name));
  await writeState(directory.state, { ...state, nodes });
}

async function currentState(directory: ClusterDirectory): Promise<ClusterState> {
  const state = await readState(directory.state);
  if (state === undefined) throw new Failure(`Cannot go on with cluster "${directory.name}": it was removed meanwhile`);
  return state;
}

function configFor({ injection }: CreateOptions, url: string): MachineOrder["config"] {
  if (injection === "none") return undefined;
  return injection === "http" ? { url } : { volume: injection };
}
