import type { Target } from "../../net/balancer/target.ts";
import type { PlannedNode } from "./nodes.ts";
import { machinePorts } from "./ports.ts";
import type { Provisioner } from "./provisioner.ts";

/** URL of the Kubernetes API: one control plane is it, several are behind the balancer of the cluster's server. */
export function endpointOf(nodes: readonly PlannedNode[], { hostAddress }: Pick<Provisioner, "hostAddress">): string {
  const [first] = nodes.filter(({ role }) => role === "controlplane");
  if (first === undefined || balancedTargets(nodes).length > 0)
    return `https://${hostAddress}:${machinePorts.kubernetes}`;
  return `https://${first.place.host}:${first.place.ports.kubernetes}`;
}

/** The API servers behind the balancer; none where one machine is the endpoint itself. */
export function balancedTargets(nodes: readonly PlannedNode[]): readonly Target[] {
  const controlPlanes = nodes.filter(({ role }) => role === "controlplane");
  if (controlPlanes.length === 1) return [];
  return controlPlanes.map(({ place: { host, ports } }) => ({ host, port: ports.kubernetes }));
}
