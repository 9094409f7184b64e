import { readFile } from "node:fs/promises";
import { generateConfig } from "../../config/generate/config.ts";
import { formatSecrets, generateSecrets, parseSecrets, type Secrets } from "../../config/generate/secrets.ts";
import { parseMachineConfig } from "../../config/parse.ts";
import { applyPatches, type Patch } from "../../config/patch.ts";
import { codeOf } from "../../errors/message.ts";
import { durableWrite } from "../../files/durable-write.ts";
import { createContext } from "../../talosconfig/certificate.ts";
import { writeTalosconfig } from "../../talosconfig/file.ts";
import type { ClusterDirectory } from "./directory.ts";
import { machinePorts } from "./ports.ts";

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

export interface ConfigurationOrder {
  readonly directory: ClusterDirectory;
  /** Where the machine's API is reached from the host. */
  readonly apiEndpoint: Endpoint;
  /** Where Kubernetes will be reached from the host. */
  readonly kubernetesEndpoint: Endpoint;
  /** The machine's own address. */
  readonly nodeAddress: string;
  /** The cluster's registry, as the machine reaches it. */
  readonly registryUrl: string;
  /** Laid over the generated config, in order. */
  readonly patches: readonly Patch[];
}

/** Registries that the machine's images come from; all are answered by the cluster's own server. */
const mirrored = ["ghcr.io", "registry.k8s.io", "docker.io", "registry.test"];

/**
 * Writes the cluster's secrets, machine config and talosconfig. The secrets are made once and kept: whatever was
 * issued under them stays valid when the machine starts again.
 */
export async function writeConfiguration(order: ConfigurationOrder): Promise<void> {
  const { directory, apiEndpoint, kubernetesEndpoint, nodeAddress, registryUrl } = order;
  const secrets = await ensureSecrets(directory.secrets);
  const generated = generateConfig({
    clusterName: directory.name,
    endpoint: `https://${kubernetesEndpoint.host}:${kubernetesEndpoint.port}`,
    type: "controlplane",
    secrets,
    additionalSans: [...new Set([apiEndpoint.host, nodeAddress, "127.0.0.1", "localhost"])],
    registryMirrors: Object.fromEntries(mirrored.map((registry) => [registry, [registryUrl]])),
    // The machine's disk; nothing is installed on it in this version.
    installDisk: "/dev/vda",
    // There is no discovery service to ask, and one machine has nobody to find.
    withDiscovery: false,
    // Its clock is this computer's, and time servers may be out of reach.
    withTimeSync: false,
  });
  const { patches } = order;
  const config = patches.length === 0 ? generated : applyPatches(generated, patches);
  parseMachineConfig(config, { file: directory.controlplane });
  await durableWrite(directory.controlplane, config);
  const endpoint =
    apiEndpoint.port === machinePorts.apid ? apiEndpoint.host : `${apiEndpoint.host}:${apiEndpoint.port}`;
  const context = await createContext({
    authority: secrets.os,
    roles: ["os:admin"],
    endpoints: [endpoint],
    nodes: [nodeAddress],
  });
  await writeTalosconfig(directory.talosconfig, {
    context: directory.name,
    contexts: new Map([[directory.name, context]]),
  });
}

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
