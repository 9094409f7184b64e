import type { ControllerInput, ReconcileContext } from "../../cosi/controller.ts";
import { Affiliate } from "../../resources/cluster/affiliate.ts";
import { DiscoveryConfig } from "../../resources/cluster/discovery-config.ts";
import { Identity } from "../../resources/cluster/identity.ts";

/** What a registry is to be told, and whether. */
export const ownAffiliateInputs: readonly ControllerInput[] = [
  { kind: DiscoveryConfig, id: "cluster", strength: "weak" },
  { kind: Identity, id: "local", strength: "weak" },
  { kind: Affiliate, strength: "weak" },
];

export interface OwnAffiliate {
  readonly config: DiscoveryConfig | undefined;
  readonly nodeId: string | undefined;
  /** This machine, as others are to know it. */
  readonly affiliate: Affiliate | undefined;
}

export async function ownAffiliate({ get }: Pick<ReconcileContext, "get">): Promise<OwnAffiliate> {
  const nodeId = (await get(Identity, "local"))?.spec.nodeId;
  return {
    config: (await get(DiscoveryConfig, "cluster"))?.spec,
    nodeId,
    affiliate: nodeId === undefined ? undefined : (await get(Affiliate, nodeId))?.spec,
  };
}
