import { defineController } from "../../cosi/controller.ts";
import { Affiliate } from "../../resources/cluster/affiliate.ts";
import { DiscoveryConfig } from "../../resources/cluster/discovery-config.ts";
import { Nodename } from "../../resources/k8s/nodename.ts";
import { type NodeObject, nodesPath } from "../k8s/node-object.ts";
import { machineAccess, machineAccessInputs } from "../kube-access.ts";
import { KubeFollower } from "../kube-follower.ts";
import { affiliateOf } from "./node-affiliate.ts";
import { NodeView } from "./node-view.ts";
import { putRawAffiliates, rawAffiliates } from "./raw-affiliates.ts";

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
    outputs: [{ kind: Affiliate, ...rawAffiliates, sharing: "shared" }],
    wakeOn: (signal) => follower.changes(signal),
    async reconcile(context) {
      const isOn = (await context.get(DiscoveryConfig, "cluster"))?.spec.registryKubernetesEnabled === true;
      const asked = isOn ? await machineAccess(context, kubeconfig) : undefined;
      const own = (await context.get(Nodename, "nodename"))?.spec.nodename;
      const seesNodes = asked !== undefined && (await view.isOpenTo(asked, context));
      if (asked !== undefined && !seesNodes) context.requeueAfter(askAgainMs);
      const nodes = follower.see(seesNodes ? { access: asked.access, path: nodesPath } : undefined, context);
      if (seesNodes && nodes === undefined) return;
      const others = [...(nodes?.values() ?? [])].filter(({ metadata }) => metadata?.name !== own);
      const found = others.flatMap((node) => affiliateOf(node) ?? []);
      await putRawAffiliates(context, "k8s", found);
    },
  });
};
