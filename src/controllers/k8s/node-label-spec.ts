import { defineController } from "../../cosi/controller.ts";
import { NodeLabelSpec } from "../../resources/k8s/node-label-spec.ts";
import { ExtensionStatus } from "../../resources/runtime/extension-status.ts";
import { activeConfig, activeConfigInput, isControlPlane } from "../active-config.ts";
import { extensionVersions } from "./extension-versions.ts";

/** What Kubernetes takes as the value of a label: at most 63 letters, digits and `-_.` within. */
const labelValue = /^(?:[A-Za-z0-9](?:[-\w.]{0,61}[A-Za-z0-9])?)?$/;

/** Says which labels this machine's node should have. */
export const nodeLabelSpecController = () =>
  defineController({
    name: "k8s.NodeLabelSpecController",
    inputs: [activeConfigInput, { kind: ExtensionStatus, strength: "weak" }],
    outputs: [{ kind: NodeLabelSpec, sharing: "exclusive" }],
    async reconcile(context) {
      const config = await activeConfig(context);
      if (config === undefined) return;
      const labels = {
        ...config.machine.nodeLabels,
        ...(isControlPlane(config) ? { "node-role.kubernetes.io/control-plane": "" } : {}),
        ...extensionVersions(await context.list(ExtensionStatus), (version) => labelValue.test(version)),
      };
      for (const [key, value = ""] of Object.entries(labels)) await context.put(NodeLabelSpec, key, { key, value });
    },
  });
