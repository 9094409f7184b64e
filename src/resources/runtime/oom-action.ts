import { defineResource } from "../define.ts";
import { double, string } from "../fields/index.ts";

/** Processes that were killed for lack of memory. */
export const OOMAction = defineResource({
  type: "OOMActions.talos.dev",
  aliases: ["oomaction", "oomactions"],
  namespace: "runtime",
  sensitive: true,
  spec: {
    triggerContext: string(1).optional(),
    score: double(2).optional(),
    processes: string(3).list().optional(),
  },
  columns: { Time: "{.time}", Score: "{.score}" },
});

export type OOMAction = typeof OOMAction.Type;
