import { defineController, type ReconcileContext } from "../../cosi/controller.ts";
import { KubeClient } from "../../kube/client.ts";
import { isKubeError } from "../../kube/kube-error.ts";
import { NodeAnnotationSpec } from "../../resources/k8s/node-annotation-spec.ts";
import { NodeCordonedSpec } from "../../resources/k8s/node-cordoned-spec.ts";
import { NodeLabelSpec } from "../../resources/k8s/node-label-spec.ts";
import { NodeStatus } from "../../resources/k8s/node-status.ts";
import { NodeTaintSpec } from "../../resources/k8s/node-taint-spec.ts";
import { Nodename } from "../../resources/k8s/nodename.ts";
import { Service } from "../../resources/v1alpha1/service.ts";
import { machineAccess, machineAccessInputs } from "../kube-access.ts";
import { warnOnce } from "../warn-once.ts";
import { type NodeWishes, nodeChanges } from "./node-changes.ts";
import { type NodeObject, nodePath } from "./node-object.ts";
import { withinRestriction } from "./node-restriction.ts";

/** Others write to nodes too: so often the patch is made anew before the pass fails. */
const attempts = 5;

/** Gives this machine's node the labels, annotations and taints that it should have, and keeps pods away or lets them in. */
export const nodeApplyController = ({ kubeconfig }: { readonly kubeconfig?: string } = {}) => {
  const warn = warnOnce();
  return defineController({
    name: "k8s.NodeApplyController",
    inputs: [
      { kind: NodeLabelSpec, strength: "weak" },
      { kind: NodeAnnotationSpec, strength: "weak" },
      { kind: NodeTaintSpec, strength: "weak" },
      { kind: NodeCordonedSpec, strength: "weak" },
      { kind: NodeStatus, strength: "weak" },
      { kind: Nodename, id: "nodename", strength: "weak" },
      { kind: Service, id: "kubelet", strength: "weak" },
      ...machineAccessInputs,
    ],
    outputs: [],
    async reconcile(context) {
      const name = (await context.get(Nodename, "nodename"))?.spec;
      const asked = await machineAccess(context, kubeconfig);
      if (name === undefined || name.skipNodeRegistration || asked === undefined) return;
      // Until the kubelet has registered the node there is nothing to change.
      if ((await context.get(NodeStatus, name.nodename)) === undefined) return;
      const wishes = await wishesOf(context);
      using client = new KubeClient(asked.access);
      const path = nodePath(name.nodename);
      try {
        await apply(client, path, wishes, context.signal);
      } catch (thrown) {
        if (!asked.isKubelet || !isKubeError(thrown, 403)) throw thrown;
        const { wishes: modest, refused } = withinRestriction(wishes);
        await apply(client, path, modest, context.signal);
        const what = refused.join(", ");
        const advice = "Kubernetes lets workers set no such thing. An administrator can, with kubectl";
        warn(context, `This node cannot give itself ${what}: ${advice}`);
      }
    },
  });
};

async function wishesOf(context: ReconcileContext): Promise<NodeWishes> {
  const texts = async (kind: typeof NodeLabelSpec | typeof NodeAnnotationSpec) =>
    Object.fromEntries((await context.list(kind)).map(({ spec: { key, value } }) => [key, value]));
  const isCordoned = (await context.list(NodeCordonedSpec)).length > 0;
  const runsPods = (await context.get(Service, "kubelet"))?.spec.healthy ?? false;
  return {
    labels: await texts(NodeLabelSpec),
    annotations: await texts(NodeAnnotationSpec),
    taints: (await context.list(NodeTaintSpec)).map(({ spec }) => spec),
    // Pods come back to a machine that can run them, not to one that has just been switched on.
    cordoned: isCordoned || (runsPods ? false : undefined),
  };
}

async function apply(client: KubeClient, path: string, wishes: NodeWishes, signal: AbortSignal): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const node = await client.get<NodeObject>(path, signal);
    const changes = nodeChanges(node, wishes);
    if (changes === undefined) return;
    const { resourceVersion } = node.metadata ?? {};
    try {
      await client.patch(path, { ...changes, metadata: { ...changes.metadata, resourceVersion } }, "merge", signal);
      return;
    } catch (thrown) {
      if (!isKubeError(thrown, 409) || attempt === attempts) throw thrown;
    }
  }
}
