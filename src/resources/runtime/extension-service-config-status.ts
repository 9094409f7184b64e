import { defineResource } from "../define.ts";
import { string } from "../fields/index.ts";

/** The configuration that an extension's service has got. */
export const ExtensionServiceConfigStatus = defineResource({
  type: "ExtensionServiceConfigStatuses.runtime.talos.dev",
  namespace: "runtime",
  spec: {
    specVersion: string(1),
  },
});

export type ExtensionServiceConfigStatus = typeof ExtensionServiceConfigStatus.Type;
