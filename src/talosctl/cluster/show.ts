import { readdir } from "node:fs/promises";
import { type ClusterDirectory, clusterDirectory } from "./directory.ts";
import { isRunning } from "./host-process.ts";
import { monitorCommand } from "./qemu/monitor.ts";
import { monitorSocket } from "./qemu/monitor-socket.ts";
import { type ClusterState, type NodeState, readState } from "./state.ts";

/** A machine of a cluster as `cluster show` tells of it. */
export interface ShownNode {
  readonly cluster: string;
  readonly node: NodeState;
  /** `running`, `stopped`, or QEMU's own word when it holds the machine: `paused`, `io-error` (the host's disk is full). */
  readonly condition: string;
  readonly consolePath: string;
}

export interface ShownCluster {
  readonly state: ClusterState;
  readonly serverRunning: boolean;
  readonly nodes: readonly ShownNode[];
  readonly talosconfig: string;
}

/**
 * What is recorded of a cluster, and which of it still runs.
 * @returns undefined when there is no such cluster.
 */
export async function showCluster(stateRoot: string, name: string): Promise<ShownCluster | undefined> {
  const directory = clusterDirectory(stateRoot, name);
  const state = await readState(directory.state);
  if (state === undefined) return undefined;
  const nodes = await Promise.all(
    state.nodes.map(async (node) => ({
      cluster: name,
      node,
      condition: await conditionOf(state, node, directory),
      consolePath: directory.console(node.name),
    })),
  );
  return { state, nodes, talosconfig: directory.talosconfig, serverRunning: await isRunning(state.server?.process) };
}

async function conditionOf(state: ClusterState, node: NodeState, directory: ClusterDirectory): Promise<string> {
  if (!(await isRunning(node.process))) return "stopped";
  if (state.provisioner !== "qemu") return "running";
  const answer = await monitorCommand(await monitorSocket(directory, node.name), "query-status").catch(() => undefined);
  const { status } = (answer ?? {}) as { readonly status?: string };
  return status ?? "not answering";
}

/** Names of the clusters that there are. */
export async function clusterNames(stateRoot: string): Promise<string[]> {
  const entries = await readdir(stateRoot, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted();
}

/** The clusters for a person, one machine a line. */
export function showText(clusters: readonly ShownCluster[]): string {
  const rows = clusters.flatMap(({ nodes }) =>
    nodes.map(({ cluster, node, condition, consolePath }) => [
      cluster,
      node.name,
      condition,
      `${node.host}:${node.ports.apid}`,
      node.address,
      node.runsOn.split(",")[0] ?? "",
      consolePath,
    ]),
  );
  const table = [["CLUSTER", "NODE", "STATE", "API", "ADDRESS", "RUNS ON", "CONSOLE LOG"], ...rows];
  const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("   ")
      .trimEnd(),
  );
  const servers = clusters
    .filter(({ serverRunning }) => !serverRunning)
    .map(({ state }) => `The server of cluster "${state.name}" is stopped; "talosctl cluster create" starts it again`);
  const places = clusters.flatMap(({ state: { name, cidr, endpoint } }) => {
    if (endpoint === undefined) return [];
    return `Kubernetes of cluster "${name}" is at ${endpoint}${cidr === undefined ? "" : `, its machines are in ${cidr}`}`;
  });
  return `${[...lines, ...places, ...servers].join("\n")}\n`;
}
