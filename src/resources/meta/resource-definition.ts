import { defineResource } from "../define.ts";
import { enumeration } from "../fields/enumeration.ts";
import { message, string } from "../fields/index.ts";

const sensitivity = enumeration({ "": 0, sensitive: 1 });

const printColumnFields = { name: string(1), jsonPath: string(2) };

/** A type of resources, for clients that know it not; the id is the type in lower case. */
export const ResourceDefinition = defineResource({
  type: "ResourceDefinitions.meta.cosi.dev",
  aliases: ["api-resources"],
  namespace: "meta",
  spec: {
    type: string(1),
    displayType: string(2),
    defaultNamespace: string(3),
    aliases: string(4).list(),
    allAliases: string(5).list(),
    printColumns: message(6, printColumnFields).list(),
    sensitivity: sensitivity(7).optional(),
  },
  columns: { Aliases: "{.aliases[:]}" },
});

export type ResourceDefinition = typeof ResourceDefinition.Type;
