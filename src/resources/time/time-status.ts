import { defineResource } from "../define.ts";
import { boolean, int64 } from "../fields/index.ts";

/** Whether the clock is right. */
export const TimeStatus = defineResource({
  type: "TimeStatuses.v1alpha1.talos.dev",
  namespace: "runtime",
  spec: {
    synced: boolean(1),
    epoch: int64(2),
    syncDisabled: boolean(3),
  },
  columns: { Synced: "{.synced}" },
});

export type TimeStatus = typeof TimeStatus.Type;
