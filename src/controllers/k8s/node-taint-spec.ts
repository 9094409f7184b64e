import { defineController } from "../../cosi/controller.ts";
import { NodeTaintSpec } from "../../resources/k8s/node-taint-spec.ts";
import { activeConfig, activeConfigInput, isControlPlane } from "../active-config.ts";

/** Says which taints this machine's node should have: who is not to run here. */
export const nodeTaintSpecController = () =>
  defineController({
    name: "k8s.NodeTaintSpecController",
    inputs: [activeConfigInput],
    outputs: [{ kind: NodeTaintSpec, sharing: "exclusive" }],
    async reconcile(context) {
      const config = await activeConfig(context);
      if (config === undefined) return;
      const { allowSchedulingOnControlPlanes, allowSchedulingOnMasters } = config.cluster;
      const isOpen = allowSchedulingOnControlPlanes || (allowSchedulingOnMasters ?? false);
      const taints = {
        ...(isControlPlane(config) && !isOpen ? { "node-role.kubernetes.io/control-plane": "NoSchedule" } : {}),
        ...config.machine.nodeTaints,
      };
      for (const [key, text = ""] of Object.entries(taints)) await context.put(NodeTaintSpec, key, taintOf(key, text));
    },
  });

/** `value:effect`, or the effect alone. */
function taintOf(key: string, text: string): NodeTaintSpec {
  const at = text.indexOf(":");
  return { key, value: text.slice(0, Math.max(at, 0)), effect: text.slice(at + 1) };
}
