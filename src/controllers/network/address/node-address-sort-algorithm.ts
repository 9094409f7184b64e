import { defineController } from "../../../cosi/controller.ts";
import { NodeAddressSortAlgorithm } from "../../../resources/network/node-address-sort-algorithm.ts";
import { activeConfig, activeConfigInput } from "../../active-config.ts";

/** Says in which order the configuration wants the machine's addresses listed. */
export const nodeAddressSortAlgorithmController = () =>
  defineController({
    name: "network.NodeAddressSortAlgorithmController",
    inputs: [activeConfigInput],
    outputs: [{ kind: NodeAddressSortAlgorithm, sharing: "exclusive" }],
    async reconcile(context) {
      const wanted = (await activeConfig(context))?.machine.features.nodeAddressSortAlgorithm;
      await context.put(NodeAddressSortAlgorithm, "default", { algorithm: wanted === "v2" ? "v2" : "v1" });
    },
  });
