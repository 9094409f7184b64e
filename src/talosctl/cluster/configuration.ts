import { readFile } from "node:fs/promises";
import { type ConfigOptions, generateConfig } from "../../config/generate/config.ts";
import { formatSecrets, generateSecrets, parseSecrets, type Secrets } from "../../config/generate/secrets.ts";
import { parseMachineConfig } from "../../config/parse.ts";
import { applyPatches, type Patch } from "../../config/patch.ts";
import { codeOf } from "../../errors/message.ts";
import { durableWrite } from "../../files/durable-write.ts";
import { createContext } from "../../talosconfig/certificate.ts";
import { writeTalosconfig } from "../../talosconfig/file.ts";
import type { ClusterDirectory } from "./directory.ts";
import type { PlannedNode } from "./nodes.ts";
import { machinePorts } from "./ports.ts";
import { type NodeRole, nodeRoles } from "./state.ts";

/** Laid over the generated configs, in order: those of all machines, then those of a role. */
export type ConfigPatches = Readonly<Record<NodeRole | "all", readonly Patch[]>>;

export interface ConfigurationOrder {
  readonly directory: ClusterDirectory;
  readonly nodes: readonly PlannedNode[];
  /** URL of the Kubernetes API, for machines and for the host. */
  readonly endpoint: string;
  /** The cluster's registry, as machines reach it. */
  readonly registryUrl: string;
  readonly patches: ConfigPatches;
  readonly kubernetesVersion?: string;
}

/** Registries that the machines' images come from; all are answered by the cluster's own server. */
const mirrored = ["ghcr.io", "registry.k8s.io", "docker.io", "registry.test"];

/**
 * Writes the cluster's secrets, a config for each role, and the talosconfig. The secrets are made once and kept:
 * whatever was issued under them stays valid when machines start again.
 */
export async function writeConfiguration(order: ConfigurationOrder): Promise<void> {
  const { directory, nodes, patches } = order;
  const secrets = await ensureSecrets(directory.secrets);
  for (const role of nodeRoles) {
    if (!nodes.some((node) => node.role === role)) continue;
    const generated = generateConfig({ ...commonOptions(order), type: role, secrets });
    const laid = [...patches.all, ...patches[role]];
    const config = laid.length === 0 ? generated : applyPatches(generated, laid);
    const file = directory.config(role);
    parseMachineConfig(config, { file });
    await durableWrite(file, config);
  }
  const context = await createContext({
    authority: secrets.os,
    roles: ["os:admin"],
    endpoints: nodes.filter(({ role }) => role === "controlplane").map(apiOf),
    nodes: nodes.map(({ place }) => place.address),
  });
  await writeTalosconfig(directory.talosconfig, {
    context: directory.name,
    contexts: new Map([[directory.name, context]]),
  });
}

function commonOptions(order: ConfigurationOrder): Omit<ConfigOptions, "type" | "secrets"> {
  const { directory, nodes, endpoint, registryUrl, kubernetesVersion } = order;
  const controlPlanes = nodes.filter(({ role }) => role === "controlplane").map(({ place }) => place);
  const [ports] = controlPlanes.map((place) => place.ports.kubernetes);
  return {
    clusterName: directory.name,
    endpoint,
    additionalSans: [
      ...new Set([...controlPlanes.flatMap(({ host, address }) => [host, address]), "127.0.0.1", "localhost"]),
    ],
    registryMirrors: Object.fromEntries(mirrored.map((registry) => [registry, [registryUrl]])),
    // The machine's disk; nothing is installed on it in this version.
    installDisk: "/dev/vda",
    // There is no discovery service to ask.
    withDiscoveryService: false,
    // Their clock is this computer's, and time servers may be out of reach.
    withTimeSync: false,
    // Somewhere pods must run.
    allowSchedulingOnControlPlanes: nodes.every(({ role }) => role === "controlplane"),
    // The endpoint's port is the same on this host and in the machine, so that both may use the same endpoint.
    ...(ports === undefined || ports === machinePorts.kubernetes ? {} : { localApiServerPort: ports }),
    ...(kubernetesVersion === undefined ? {} : { kubernetesVersion }),
  };
}

const apiOf = ({ place: { host, ports } }: PlannedNode): string =>
  ports.apid === machinePorts.apid ? host : `${host}:${ports.apid}`;

async function ensureSecrets(path: string): Promise<Secrets> {
  const text = await readFile(path, "utf8").catch((error) => {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  });
  if (text !== undefined) return parseSecrets(text, path);
  // An RSA key of 4096 bits would take seconds, for a cluster that lives for a day.
  const secrets = await generateSecrets({ serviceAccountAlgorithm: "ecdsa-p256" });
  await durableWrite(path, formatSecrets(secrets));
  return secrets;
}
