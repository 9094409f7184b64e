import { documentsOf } from "../../config/index.ts";
import { defineController } from "../../cosi/controller.ts";
import { MetaKey } from "../../resources/runtime/meta-key.ts";
import { metaTags } from "../../resources/runtime/meta-tags.ts";
import { UniqueMachineToken } from "../../resources/runtime/unique-machine-token.ts";
import { activeConfig, activeConfigInput } from "../active-config.ts";

/** Shows the token that tells this machine from its clones: META's, or the config's; empty while neither has one. */
export const uniqueMachineTokenController = () =>
  defineController({
    name: "runtime.UniqueMachineTokenController",
    inputs: [activeConfigInput, { kind: MetaKey, id: metaTags.uniqueToken, strength: "weak" }],
    outputs: [{ kind: UniqueMachineToken, sharing: "exclusive" }],
    async reconcile(context) {
      const config = await activeConfig(context);
      const given = config === undefined ? [] : documentsOf(config, "SideroLinkConfig");
      const kept = (await context.get(MetaKey, metaTags.uniqueToken))?.spec.value;
      await context.put(UniqueMachineToken, "unique-machine-token", { token: kept ?? given.at(-1)?.uniqueToken ?? "" });
    },
  });
