import { join, resolve } from "node:path";
import { Failure } from "../../errors/failure.ts";
import type { NodeRole } from "./state.ts";

/** Where everything about one cluster lives: `_out/clusters/<name>/`. Removing the directory removes the cluster. */
export interface ClusterDirectory {
  readonly name: string;
  readonly path: string;
  /** What runs, where and since when; see state.ts. */
  readonly state: string;
  readonly talosconfig: string;
  /** The secrets bundle that every config of the cluster is made of. */
  readonly secrets: string;
  /** How an administrator reaches Kubernetes. */
  readonly kubeconfig: string;
  /** Which machine is to have which address, for the server that gives them. */
  readonly reservations: string;
  /** What the background server has to say. */
  readonly serverLog: string;
  /** What machines of a role begin with. */
  config(role: NodeRole): string;
  console(node: string): string;
  disk(node: string): string;
  /** Other files of one machine, such as QEMU's pid file. */
  file(node: string, name: string): string;
}

export const defaultStateRoot = "_out/clusters";

/**
 * The paths of a cluster's files; nothing is created.
 * @param root the directory that holds all clusters, relative to the working directory.
 * @throws Failure when the name is not a plain DNS label: it becomes a path and a host name.
 */
export function clusterDirectory(root: string, name: string): ClusterDirectory {
  if (!/^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/.test(name)) {
    throw new Failure(
      `Cannot use "${name}" as a cluster name: expected lower case letters, digits and dashes, at most 32`,
    );
  }
  const path = resolve(root, name);
  return {
    name,
    path,
    state: join(path, "state.json"),
    talosconfig: join(path, "talosconfig"),
    secrets: join(path, "secrets.yaml"),
    reservations: join(path, "reservations.json"),
    kubeconfig: join(path, "kubeconfig"),
    config: (role) => join(path, `${role}.yaml`),
    serverLog: join(path, "server.log"),
    console: (node) => join(path, `console-${node}.log`),
    disk: (node) => join(path, `disk-${node}.raw`),
    file: (node, file) => join(path, `${node}.${file}`),
  };
}
