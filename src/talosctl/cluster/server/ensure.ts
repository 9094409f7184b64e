import { resolve } from "node:path";
import type { Target } from "../../../net/balancer/target.ts";
import type { ClusterDirectory } from "../directory.ts";
import { isRunning } from "../host-process.ts";
import { machinePorts } from "../ports.ts";
import type { Provisioner } from "../provisioner.ts";
import { selfCommand } from "../self.ts";
import { type NodeRole, nodeRoles, type ServerState } from "../state.ts";
import { startServer } from "./background.ts";

export interface EnsureServer {
  readonly directory: ClusterDirectory;
  readonly provisioner: Pick<Provisioner, "serverAddress">;
  readonly options: { readonly outputDirectory: string };
  readonly before: ServerState | undefined;
  /** Control planes behind the balancer; none where one machine is the endpoint itself. */
  readonly balanced: readonly Target[];
}

const configName = (role: NodeRole): string => `${role}.yaml`;

/** Where a machine of a role finds its config. */
export const configUrl = (hostAddress: string, { port, token }: ServerState, role: NodeRole): string =>
  `http://${hostAddress}:${port}/${token}/${configName(role)}`;

/** The cluster's server: the one that runs, else a new one on the same port if that is still free. */
export async function ensureServer({
  directory,
  provisioner,
  options,
  before,
  balanced,
}: EnsureServer): Promise<ServerState> {
  if (before !== undefined && (await isRunning(before.process))) return before;
  const token = before?.token ?? Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("hex");
  const started = await startServer([...selfCommand(), "cluster", "serve"], {
    port: before?.port ?? 0,
    hostname: provisioner.serverAddress,
    token,
    configs: Object.fromEntries(nodeRoles.map((role) => [configName(role), directory.config(role)])),
    ...(balanced.length === 0 ? {} : { balancer: { port: machinePorts.kubernetes, targets: balanced } }),
    imageCache: resolve(options.outputDirectory, "image-cache"),
    logFile: directory.serverLog,
  });
  return { ...started, token };
}
