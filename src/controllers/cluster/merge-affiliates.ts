import type { Affiliate } from "../../resources/cluster/affiliate.ts";

type Kubespan = NonNullable<Affiliate["kubespan"]>;

/** What two registries say of one machine: the lists together, of the rest what the second one knows. */
export function mergeAffiliates(first: Affiliate, second: Affiliate): Affiliate {
  const kubespan = mergeKubespan(first.kubespan, second.kubespan);
  const controlPlane = second.controlPlane ?? first.controlPlane;
  const nodename = second.nodename || first.nodename;
  return {
    nodeId: first.nodeId,
    addresses: union(first.addresses, second.addresses),
    hostname: second.hostname || first.hostname,
    ...(nodename !== undefined && { nodename }),
    operatingSystem: first.operatingSystem || second.operatingSystem,
    machineType: second.machineType === "unknown" ? first.machineType : second.machineType,
    ...(kubespan && { kubespan }),
    ...(controlPlane && { controlPlane }),
  };
}

function mergeKubespan(first: Kubespan | undefined, second: Kubespan | undefined): Kubespan | undefined {
  if (first === undefined || second === undefined) return second ?? first;
  return {
    publicKey: second.publicKey || first.publicKey,
    address: second.address || first.address,
    additionalAddresses: union(first.additionalAddresses, second.additionalAddresses),
    endpoints: union(first.endpoints, second.endpoints),
    excludeAdvertisedNetworks: union(first.excludeAdvertisedNetworks, second.excludeAdvertisedNetworks),
  };
}

const union = (left: readonly string[], right: readonly string[]): string[] => [...new Set([...left, ...right])];
