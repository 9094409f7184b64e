import { resolve } from "node:path";
import type { ClusterDirectory } from "../directory.ts";
import { isRunning } from "../host-process.ts";
import type { Provisioner } from "../provisioner.ts";
import { selfCommand } from "../self.ts";
import { type NodeRole, nodeRoles, type ServerState } from "../state.ts";
import { startServer } from "./background.ts";

export interface EnsureServer {
  readonly directory: ClusterDirectory;
  readonly provisioner: Pick<Provisioner, "serverAddress">;
  readonly options: { readonly outputDirectory: string };
  readonly before: ServerState | undefined;
}

const configName = (role: NodeRole): string => `${role}.yaml`;

/** Where a machine of a role finds its config. */
export const configUrl = (hostAddress: string, { port, token }: ServerState, role: NodeRole): string =>
  `http://${hostAddress}:${port}/${token}/${configName(role)}`;

/** The cluster's config and image server: the one that runs, else a new one on the same port if that is still free. */
export async function ensureServer({ directory, provisioner, options, before }: EnsureServer): Promise<ServerState> {
  if (before !== undefined && (await isRunning(before.process))) return before;
  const token = before?.token ?? Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("hex");
  const started = await startServer([...selfCommand(), "cluster", "serve"], {
    port: before?.port ?? 0,
    hostname: provisioner.serverAddress,
    token,
    configs: Object.fromEntries(nodeRoles.map((role) => [configName(role), directory.config(role)])),
    imageCache: resolve(options.outputDirectory, "image-cache"),
    logFile: directory.serverLog,
  });
  return { ...started, token };
}
