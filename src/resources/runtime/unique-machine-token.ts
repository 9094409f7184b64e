import { defineResource } from "../define.ts";
import { string } from "../fields/index.ts";

/** A token that tells this machine from its clones. */
export const UniqueMachineToken = defineResource({
  type: "UniqueMachineTokens.runtime.talos.dev",
  namespace: "runtime",
  spec: {
    token: string(1),
  },
  columns: { Token: "{.token}" },
});

export type UniqueMachineToken = typeof UniqueMachineToken.Type;
