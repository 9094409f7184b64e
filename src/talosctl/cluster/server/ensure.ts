import { resolve } from "node:path";
import { durableWrite } from "../../../files/durable-write.ts";
import type { Reservation } from "../../../net/dhcp4/server.ts";
import type { ClusterDirectory } from "../directory.ts";
import { balancedTargets } from "../endpoint.ts";
import { isRunning } from "../host-process.ts";
import { hardwareAddressOf } from "../network/hardware-address.ts";
import type { PlannedNode } from "../nodes.ts";
import { machinePorts } from "../ports.ts";
import type { Provisioner } from "../provisioner.ts";
import { selfCommand } from "../self.ts";
import { type NodeRole, nodeRoles, type ServerState } from "../state.ts";
import { startServer } from "./background.ts";

export interface EnsureServer {
  readonly directory: ClusterDirectory;
  readonly provisioner: Pick<Provisioner, "serverAddress" | "subnet">;
  readonly options: { readonly outputDirectory: string };
  readonly nodes: readonly PlannedNode[];
  readonly before: ServerState | undefined;
}

const configName = (role: NodeRole): string => `${role}.yaml`;

/** Where a machine of a role finds its config. */
export const configUrl = (hostAddress: string, { port, token }: ServerState, role: NodeRole): string =>
  `http://${hostAddress}:${port}/${token}/${configName(role)}`;

/** The cluster's server: the one that runs, else a new one on the same port if that is still free. */
export async function ensureServer(order: EnsureServer): Promise<ServerState> {
  const { directory, provisioner, options, nodes, before } = order;
  const { subnet, serverAddress } = provisioner;
  if (subnet !== undefined) await durableWrite(directory.reservations, JSON.stringify(nodes.map(reservationOf)));
  if (before !== undefined && (await isRunning(before.process))) return before;
  const token = before?.token ?? Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("hex");
  const targets = balancedTargets(nodes);
  const started = await startServer([...selfCommand(), "cluster", "serve"], {
    port: before?.port ?? 0,
    hostname: serverAddress,
    token,
    configs: Object.fromEntries(nodeRoles.map((role) => [configName(role), directory.config(role)])),
    ...(targets.length === 0 ? {} : { balancer: { port: machinePorts.kubernetes, targets } }),
    ...(subnet === undefined ? {} : { dhcp: { mask: subnet.mask, reservationsFile: directory.reservations } }),
    imageCache: resolve(options.outputDirectory, "image-cache"),
    logFile: directory.serverLog,
  });
  return { ...started, token };
}

const reservationOf = ({ name, place }: PlannedNode): Reservation => ({
  hardwareAddress: hardwareAddressOf(name),
  address: place.address,
  hostname: name,
});
