import { documentsOf } from "../../config/index.ts";
import { defineController } from "../../cosi/controller.ts";
import { ExtensionServiceConfig } from "../../resources/runtime/extension-service-config.ts";
import { activeConfig, activeConfigInput } from "../active-config.ts";

/** `ExtensionServiceConfig`, each for the service of its name. */
export const extensionServiceConfigController = () =>
  defineController({
    name: "runtime.ExtensionServiceConfigController",
    inputs: [activeConfigInput],
    outputs: [{ kind: ExtensionServiceConfig, sharing: "exclusive" }],
    async reconcile(context) {
      const config = await activeConfig(context);
      for (const { name, configFiles, environment } of config === undefined
        ? []
        : documentsOf(config, "ExtensionServiceConfig")) {
        if (name === undefined) continue; // the validation has told
        const files = configFiles.map(({ content = "", mountPath = "" }) => ({ content, mountPath }));
        const variables = environment.filter((variable) => variable !== undefined);
        await context.put(ExtensionServiceConfig, name, { files, environment: variables });
      }
    },
  });
