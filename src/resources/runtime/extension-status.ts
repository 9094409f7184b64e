import { defineResource } from "../define.ts";
import { message, string } from "../fields/index.ts";

const constraintFields = {
  version: string(1),
};

const compatibilityFields = {
  talos: message(1, constraintFields),
};

const metadataFields = {
  name: string(1),
  version: string(2),
  author: string(3),
  description: string(4),
  compatibility: message(5, compatibilityFields),
  extraInfo: string(6).optional(),
};

/** A system extension that is installed. */
export const ExtensionStatus = defineResource({
  type: "ExtensionStatuses.runtime.talos.dev",
  aliases: ["extensions"],
  namespace: "runtime",
  spec: {
    image: string(1),
    metadata: message(2, metadataFields),
  },
  columns: { Name: "{.metadata.name}", Version: "{.metadata.version}" },
});

export type ExtensionStatus = typeof ExtensionStatus.Type;
