import { Failure } from "../../errors/failure.ts";
import type { NodePlace, Provisioner } from "./provisioner.ts";
import { type ClusterState, type NodeRole, type NodeState, nodeRoles, type Plugged } from "./state.ts";

/** How many machines of each role a cluster has. */
export type NodeCounts = Readonly<Record<NodeRole, number>>;

/** A machine that a cluster is to have. */
export interface PlannedNode {
  readonly name: string;
  readonly role: NodeRole;
  readonly place: NodePlace;
  /** What is recorded of it, if it was started before. */
  readonly before: NodeState | undefined;
}

const highestCount = 32;

/** @throws Failure when a cluster cannot have so many machines. */
export function refuseCounts({ controlplane, worker }: NodeCounts): void {
  if (controlplane < 1 || controlplane > highestCount)
    throw new Failure(`Cannot use --controlplanes ${controlplane}: expected 1 to ${highestCount}`);
  if (worker < 0 || worker > highestCount)
    throw new Failure(`Cannot use --workers ${worker}: expected 0 to ${highestCount}`);
}

/** The machines that a cluster has already, and those that are asked for: one may grow, but nothing is taken from it. */
export function nodeCounts(asked: NodeCounts, before: ClusterState | undefined): NodeCounts {
  const recorded = (role: NodeRole) => before?.nodes.filter((node) => node.role === role).length ?? 0;
  return {
    controlplane: Math.max(asked.controlplane, recorded("controlplane")),
    worker: Math.max(asked.worker, recorded("worker")),
  };
}

/** A machine that starts again is connected as it was, but for what is asked for anew. */
export const pluggedAgain = (asked: Plugged, before: Partial<Plugged> = {}): Plugged => ({
  exposedPorts: asked.exposedPorts.length > 0 ? asked.exposedPorts : (before.exposedPorts ?? []),
  extraNics: asked.extraNics.length > 0 ? asked.extraNics : (before.extraNics ?? []),
});

/**
 * Names and places of a cluster's machines, control planes first. Machines that were there before keep theirs; running
 * ones are left where they are.
 */
export function planNodes(
  cluster: string,
  counts: NodeCounts,
  provisioner: Pick<Provisioner, "place">,
  recorded: readonly { readonly node: NodeState; readonly isRunning: boolean }[],
): PlannedNode[] {
  const wanted = nodeRoles.flatMap((role) =>
    Array.from({ length: counts[role] }, (_, index) => ({ role, name: `${cluster}-${role}-${index + 1}` })),
  );
  const known = new Map(recorded.map((record) => [record.node.name, record]));
  const places = new Map<string, NodePlace>();
  // Those that cannot move come first, then those that had a place, then new ones.
  const rank = (name: string) => (known.get(name)?.isRunning ? 0 : known.has(name) ? 1 : 2);
  for (const { name } of wanted.toSorted((left, right) => rank(left.name) - rank(right.name))) {
    const { node, isRunning = false } = known.get(name) ?? {};
    places.set(name, isRunning && node !== undefined ? node : provisioner.place([...places.values()], node));
  }
  return wanted.flatMap(({ name, role }) => {
    const place = places.get(name);
    return place === undefined ? [] : [{ name, role, place, before: known.get(name)?.node }];
  });
}
