import { defineController } from "../../cosi/controller.ts";
import { Affiliate } from "../../resources/cluster/affiliate.ts";
import { DiscoveryConfig } from "../../resources/cluster/discovery-config.ts";
import { Nodename } from "../../resources/k8s/nodename.ts";
import { type NodeObject, nodesPath } from "../k8s/node-object.ts";
import { machineAccess, machineAccessInputs } from "../kube-access.ts";
import { KubeFollower } from "../kube-follower.ts";
import { affiliateOf } from "./node-affiliate.ts";
import { NodeView } from "./node-view.ts";

/** Somebody may grant a worker what it may not: that is no hurry. */
const askAgainMs = 5 * 60_000;

/** Hears of other machines from their nodes. */
export const kubernetesPullController = ({ kubeconfig }: { readonly kubeconfig?: string } = {}) => {
  const follower = new KubeFollower<NodeObject>();
  const view = new NodeView();
  return defineController({
    name: "cluster.KubernetesPullController",
    inputs: [
      { kind: DiscoveryConfig, id: "cluster", strength: "weak" },
      { kind: Nodename, id: "nodename", strength: "weak" },
      ...machineAccessInputs,
    ],
    outputs: [{ kind: Affiliate, namespace: "cluster-raw", sharing: "shared" }],
    wakeOn: (signal) => follower.changes(signal),
    async reconcile(context) {
      const isOn = (await context.get(DiscoveryConfig, "cluster"))?.spec.registryKubernetesEnabled === true;
      const asked = isOn ? await machineAccess(context, kubeconfig) : undefined;
      const own = (await context.get(Nodename, "nodename"))?.spec.nodename;
      const seesNodes = asked !== undefined && (await view.isOpenTo(asked, context));
      if (asked !== undefined && !seesNodes) context.requeueAfter(askAgainMs);
      const nodes = follower.see(seesNodes ? { access: asked.access, path: nodesPath } : undefined, context);
      if (seesNodes && nodes === undefined) return;
      const found = [...(nodes?.values() ?? [])]
        .filter(({ metadata }) => metadata?.name !== own)
        .flatMap((node) => affiliateOf(node) ?? [])
        .map((affiliate) => [`k8s/${affiliate.nodeId}`, affiliate] as const);
      const affiliates = new Map<string, Affiliate>(found);
      const namespace = "cluster-raw";
      for (const { metadata } of await context.list(Affiliate, { namespace, ids: /^k8s\// })) {
        if (!affiliates.has(metadata.id)) await context.destroy(Affiliate, metadata.id, { namespace });
      }
      for (const [id, affiliate] of affiliates) await context.put(Affiliate, id, affiliate, { namespace });
    },
  });
};
