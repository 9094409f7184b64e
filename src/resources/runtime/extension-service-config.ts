import { defineResource } from "../define.ts";
import { message, string } from "../fields/index.ts";

const extensionServiceConfigFileFields = {
  content: string(1),
  mountPath: string(2),
};

/** Files and environment of a service that an extension brought. */
export const ExtensionServiceConfig = defineResource({
  type: "ExtensionServiceConfigs.runtime.talos.dev",
  namespace: "runtime",
  spec: {
    files: message(1, extensionServiceConfigFileFields).list().optional(),
    environment: string(2).list().optional(),
  },
});

export type ExtensionServiceConfig = typeof ExtensionServiceConfig.Type;
