import { defineResource } from "../define.ts";
import { string } from "../fields/index.ts";

/** Something that a person should look at, and how. */
export const Diagnostic = defineResource({
  type: "Diagnostics.runtime.talos.dev",
  namespace: "runtime",
  spec: {
    message: string(1),
    details: string(2).list(),
  },
  columns: { Message: "{.message}" },
});

export type Diagnostic = typeof Diagnostic.Type;
