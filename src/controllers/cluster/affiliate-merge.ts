import { defineController } from "../../cosi/controller.ts";
import { Affiliate } from "../../resources/cluster/affiliate.ts";
import { Identity } from "../../resources/cluster/identity.ts";
import { mergeAffiliates } from "./merge-affiliates.ts";
import { rawAffiliates } from "./raw-affiliates.ts";

const name = "cluster.AffiliateMergeController";

/** Makes one affiliate of what the registries say of each other machine. */
export const affiliateMergeController = () =>
  defineController({
    name,
    inputs: [
      { kind: Affiliate, ...rawAffiliates, strength: "weak" },
      { kind: Identity, id: "local", strength: "weak" },
    ],
    outputs: [{ kind: Affiliate, sharing: "shared" }],
    async reconcile(context) {
      const own = (await context.get(Identity, "local"))?.spec.nodeId;
      const merged = new Map<string, Affiliate>();
      for (const { spec } of await context.list(Affiliate, rawAffiliates)) {
        const before = merged.get(spec.nodeId);
        // Of itself a machine knows better than any registry.
        if (spec.nodeId !== own) merged.set(spec.nodeId, before === undefined ? spec : mergeAffiliates(before, spec));
      }
      for (const { metadata } of await context.list(Affiliate)) {
        if (metadata.owner === name && !merged.has(metadata.id)) await context.destroy(Affiliate, metadata.id);
      }
      for (const [id, affiliate] of merged) await context.put(Affiliate, id, affiliate);
    },
  });
