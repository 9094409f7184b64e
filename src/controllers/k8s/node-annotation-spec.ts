import { defineController } from "../../cosi/controller.ts";
import { NodeAnnotationSpec } from "../../resources/k8s/node-annotation-spec.ts";
import { ExtensionStatus } from "../../resources/runtime/extension-status.ts";
import { activeConfig, activeConfigInput } from "../active-config.ts";
import { extensionVersions } from "./extension-versions.ts";

/** Says which annotations this machine's node should have. */
export const nodeAnnotationSpecController = () =>
  defineController({
    name: "k8s.NodeAnnotationSpecController",
    inputs: [activeConfigInput, { kind: ExtensionStatus, strength: "weak" }],
    outputs: [{ kind: NodeAnnotationSpec, sharing: "exclusive" }],
    async reconcile(context) {
      const config = await activeConfig(context);
      if (config === undefined) return;
      const extensions = extensionVersions(await context.list(ExtensionStatus), () => true);
      const annotations = { ...config.machine.nodeAnnotations, ...extensions };
      for (const [key, value = ""] of Object.entries(annotations)) {
        await context.put(NodeAnnotationSpec, key, { key, value });
      }
    },
  });
