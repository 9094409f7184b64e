import { Failure } from "../../errors/failure.ts";
import type { NodeCounts } from "./nodes.ts";
import type { Provisioner } from "./provisioner.ts";
import { qemuProvisioner } from "./qemu/provisioner.ts";
import type { Architecture, ClusterState, ProvisionerName } from "./state.ts";

export interface ProvisionerChoice {
  readonly provisioner: ProvisionerName;
  readonly architecture: Architecture;
  readonly name: string;
  readonly outputDirectory: string;
  readonly counts: NodeCounts;
  /** Network that was asked for. */
  readonly cidr?: string;
  /** The cluster as it is, if it is. */
  readonly before: ClusterState | undefined;
}

export interface ProvisionerOptions extends Pick<ProvisionerChoice, "architecture" | "name" | "outputDirectory"> {
  /** Network of the cluster, where that was decided. */
  readonly cidr: string | undefined;
  /** Whether machines are to reach each other. */
  readonly isShared: boolean;
}

/** @throws Failure when this host or this user cannot, or when an existing cluster is of another kind. */
export async function selectProvisioner(choice: ProvisionerChoice): Promise<Provisioner> {
  const { before, counts, name } = choice;
  refuseGrowth(choice);
  const { architecture, outputDirectory } = choice;
  const isEmpty = before === undefined || before.nodes.length === 0;
  const cidr = isEmpty ? (choice.cidr ?? before?.cidr) : before.cidr;
  const isShared = counts.controlplane + counts.worker > 1 || cidr !== undefined;
  const options: ProvisionerOptions = { architecture, name, outputDirectory, cidr, isShared };
  if (choice.provisioner === "qemu") return await qemuProvisioner(options);
  // Reaches for the kernel, which only Linux has: not loaded unless it is asked for.
  const { containerProvisioner } = await import("./container/provisioner.ts");
  return await containerProvisioner(options);
}

function refuseGrowth({ before, counts, cidr, name }: ProvisionerChoice): void {
  if (before === undefined || before.nodes.length === 0) return;
  const hint = "destroy it first (talosctl cluster destroy), or give the new one another --name";
  // Behind a balancer there may be as many as were asked for at first.
  const isAlone = before.nodes.some(({ host, ports }) => before.endpoint === `https://${host}:${ports.kubernetes}`);
  if (counts.controlplane > 1 && isAlone)
    throw new Failure(
      `Cannot give cluster "${name}" ${counts.controlplane} control planes: its endpoint is the one that it has`,
      { hint },
    );
  if (before.cidr === undefined && (counts.worker > 0 || cidr !== undefined))
    throw new Failure(`Cannot add to cluster "${name}": its machine has a network of its own`, { hint });
  if (cidr !== undefined && cidr !== before.cidr)
    throw new Failure(`Cannot move cluster "${name}" to ${cidr}: its machines have addresses of ${before.cidr}`, {
      hint,
    });
}
