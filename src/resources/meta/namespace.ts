import { defineResource } from "../define.ts";
import { string } from "../fields/index.ts";

/** A namespace of resources. */
export const Namespace = defineResource({
  type: "Namespaces.meta.cosi.dev",
  aliases: ["ns"],
  namespace: "meta",
  spec: { description: string(1) },
});

export type Namespace = typeof Namespace.Type;
