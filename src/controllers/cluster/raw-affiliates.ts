import type { ReconcileContext } from "../../cosi/controller.ts";
import { Affiliate } from "../../resources/cluster/affiliate.ts";

/** Affiliates as one registry tells of them; `cluster.AffiliateMergeController` makes one of each machine's. */
export const rawAffiliates = { namespace: "cluster-raw" };

/** Makes the affiliates of one registry be exactly those, as `<registry>/<id of the machine>`. */
export async function putRawAffiliates(
  context: ReconcileContext,
  registry: "k8s" | "service",
  found: readonly Affiliate[],
): Promise<void> {
  const affiliates = new Map(found.map((affiliate) => [`${registry}/${affiliate.nodeId}`, affiliate]));
  for (const { metadata } of await context.list(Affiliate, { ...rawAffiliates, ids: new RegExp(`^${registry}/`) })) {
    if (!affiliates.has(metadata.id)) await context.destroy(Affiliate, metadata.id, rawAffiliates);
  }
  for (const [id, affiliate] of affiliates) await context.put(Affiliate, id, affiliate, rawAffiliates);
}
