import { defineController } from "../../cosi/controller.ts";
import { NodeStatus } from "../../resources/k8s/node-status.ts";
import { Nodename } from "../../resources/k8s/nodename.ts";
import { KubeFollower } from "../kube-follower.ts";
import { kubeletAccess, kubeletAccessInput } from "../kubelet-access.ts";
import { type NodeObject, nodesPath } from "./node-object.ts";

/** Shows this machine's node as the API server has it. */
export const nodeStatusController = ({ kubeconfig }: { readonly kubeconfig?: string } = {}) => {
  const follower = new KubeFollower<NodeObject>();
  return defineController({
    name: "k8s.NodeStatusController",
    inputs: [{ kind: Nodename, id: "nodename", strength: "weak" }, kubeletAccessInput],
    outputs: [{ kind: NodeStatus, sharing: "exclusive" }],
    wakeOn: (signal) => follower.changes(signal),
    async reconcile(context) {
      const name = (await context.get(Nodename, "nodename"))?.spec;
      const wanted = name !== undefined && !name.skipNodeRegistration;
      const access = wanted ? await kubeletAccess(context, kubeconfig) : undefined;
      const source = wanted && access && { access, path: nodesPath, query: { fieldSelector: fieldOf(name.nodename) } };
      const nodes = follower.see(source || undefined, context);
      const node = nodes?.get(name?.nodename ?? "");
      if (name !== undefined && node !== undefined) await context.put(NodeStatus, name.nodename, statusOf(node));
    },
  });
};

/** A kubelet may see this node, and no other. */
const fieldOf = (name: string): string => `metadata.name=${name}`;

export const statusOf = ({ metadata = {}, spec = {}, status = {} }: NodeObject): NodeStatus => ({
  nodename: metadata.name ?? "",
  nodeReady: status.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false,
  unschedulable: spec.unschedulable ?? false,
  labels: metadata.labels ?? {},
  annotations: metadata.annotations ?? {},
  podCIDRs: spec.podCIDRs ?? [],
});
