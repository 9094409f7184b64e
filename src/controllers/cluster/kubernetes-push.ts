import { defineController } from "../../cosi/controller.ts";
import { KubeClient } from "../../kube/client.ts";
import { NodeStatus } from "../../resources/k8s/node-status.ts";
import { nodePath } from "../k8s/node-object.ts";
import { kubeletAccess, kubeletAccessInput } from "../kubelet-access.ts";
import { annotationsOf } from "./node-affiliate.ts";
import { ownAffiliate, ownAffiliateInputs } from "./own-affiliate.ts";

/** Tells other machines of this one by annotations of its node. */
export const kubernetesPushController = ({ kubeconfig }: { readonly kubeconfig?: string } = {}) =>
  defineController({
    name: "cluster.KubernetesPushController",
    inputs: [...ownAffiliateInputs, { kind: NodeStatus, strength: "weak" }, kubeletAccessInput],
    outputs: [],
    async reconcile(context) {
      const { config, affiliate } = await ownAffiliate(context);
      if (config?.registryKubernetesEnabled !== true) return;
      const node = affiliate && (await context.get(NodeStatus, affiliate.nodename ?? ""))?.spec;
      const access = await kubeletAccess(context, kubeconfig);
      if (affiliate === undefined || node === undefined || access === undefined) return;
      const annotations = Object.fromEntries(
        Object.entries(annotationsOf(affiliate)).filter(([key, text]) => (node.annotations[key] ?? null) !== text),
      );
      if (Object.keys(annotations).length === 0) return;
      using client = new KubeClient(access);
      await client.patch(nodePath(node.nodename), { metadata: { annotations } }, "merge", context.signal);
    },
  });
