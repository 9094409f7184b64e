import { documentsOf } from "../../config/index.ts";
import { defineController } from "../../cosi/controller.ts";
import { UniqueMachineToken } from "../../resources/runtime/unique-machine-token.ts";
import { activeConfig, activeConfigInput } from "../active-config.ts";

/** Shows the token that tells this machine from its clones; empty while nobody has given it one. */
export const uniqueMachineTokenController = () =>
  defineController({
    name: "runtime.UniqueMachineTokenController",
    inputs: [activeConfigInput],
    outputs: [{ kind: UniqueMachineToken, sharing: "exclusive" }],
    async reconcile(context) {
      const config = await activeConfig(context);
      const given = config === undefined ? [] : documentsOf(config, "SideroLinkConfig");
      await context.put(UniqueMachineToken, "unique-machine-token", { token: given.at(-1)?.uniqueToken ?? "" });
    },
  });
