import { readFile } from "node:fs/promises";
import { Failure } from "../../errors/failure.ts";
import { codeOf } from "../../errors/message.ts";
import { durableWrite } from "../../files/durable-write.ts";
import type { HostProcess } from "./host-process.ts";

export type ProvisionerName = "qemu" | "container";
export const nodeRoles = ["controlplane", "worker"] as const;
export type NodeRole = (typeof nodeRoles)[number];
export type Architecture = "amd64" | "arm64";

/** Ports on 127.0.0.1 of the host that lead to a machine's own. */
export interface NodePorts {
  readonly apid: number;
  readonly trustd: number;
  readonly kubernetes: number;
}

/** A port of the machine that is to be reached on 127.0.0.1 of the host, too. */
export interface ExposedPort {
  readonly host: number;
  readonly machine: number;
  readonly protocol: "tcp" | "udp";
}

/**
 * A further card of a machine in a network of its own, which leads nowhere, of the usual make or of VMware's; or two that
 * are plugged into each other.
 */
export const extraNics = ["network", "vmxnet3", "cable"] as const;
export type ExtraNic = (typeof extraNics)[number];

/** What the one machine with a network of its own is connected to besides. */
export interface Plugged {
  readonly exposedPorts: readonly ExposedPort[];
  readonly extraNics: readonly ExtraNic[];
}

export interface NodeState extends Partial<Plugged> {
  /** `default-controlplane-1`: its host name, too. */
  readonly name: string;
  readonly role: NodeRole;
  /** The machine's address as it sees itself. */
  readonly address: string;
  /** Where its API is reached from the host: the forwarded address, not necessarily its own. */
  readonly host: string;
  readonly ports: NodePorts;
  /** The emulator, or the first process of the container. */
  readonly process: HostProcess;
  /** How it runs, in a few words: `KVM, 2 CPUs, 2048 MiB`. */
  readonly runsOn: string;
  /** Identity of kernel and initramfs, to tell when the machine is older than the build. */
  readonly build: string;
}

/** The background process that serves config and images. */
export interface ServerState {
  readonly process: HostProcess;
  readonly port: number;
  /** Unguessable part of the URL of a config; see server/serve.ts. */
  readonly token: string;
}

export interface ClusterState {
  readonly version: 1;
  readonly name: string;
  readonly provisioner: ProvisionerName;
  readonly architecture: Architecture;
  /** The network that the machines share with the host; none where the one machine has a network of its own. */
  readonly cidr?: string;
  /** Where Kubernetes is reached, once that was decided: `https://10.5.0.2:6443`. */
  readonly endpoint?: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly nodes: readonly NodeState[];
  readonly server?: ServerState;
  /** What a provisioner has to undo that is neither a process nor a file of the cluster: mounts, links, groups. */
  readonly cleanup?: readonly string[];
}

/**
 * What is known of a cluster.
 * @returns undefined when there is no such cluster.
 * @throws Failure when the file cannot be read or is of another version.
 */
export async function readState(path: string): Promise<ClusterState | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") return undefined;
    throw new Failure(`Cannot read "${path}"`, { cause });
  }
  return parseState(text, path);
}

export function parseState(text: string, path: string): ClusterState {
  const hint = "remove the cluster with: talosctl cluster destroy --force";
  let state: unknown;
  try {
    state = JSON.parse(text);
  } catch (cause) {
    throw new Failure(`Cannot read "${path}"`, { cause, hint });
  }
  if (!isState(state)) throw new Failure(`Cannot read "${path}": not a cluster state of version 1`, { hint });
  return state;
}

export async function writeState(path: string, state: ClusterState): Promise<void> {
  await durableWrite(path, `${JSON.stringify(state, undefined, 2)}\n`);
}

/** The file is ours: this guards against half of one, or one of another version, not against malice. */
function isState(value: unknown): value is ClusterState {
  if (typeof value !== "object" || value === null) return false;
  const { version, name, nodes } = value as Partial<ClusterState>;
  return version === 1 && typeof name === "string" && Array.isArray(nodes) && nodes.every(hasProcess);
}

function hasProcess(node: unknown): boolean {
  if (typeof node !== "object" || node === null || !("process" in node) || !("name" in node)) return false;
  const { process } = node as Partial<NodeState>;
  return typeof process?.pid === "number" && process.pid > 1 && typeof process.startedAt === "string";
}
