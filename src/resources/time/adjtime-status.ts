import { defineResource } from "../define.ts";
import { boolean, double, duration, int64, string } from "../fields/index.ts";

/** The kernel's clock discipline, as adjtimex(2) tells. */
export const AdjtimeStatus = defineResource({
  type: "AdjtimeStatuses.v1alpha1.talos.dev",
  namespace: "runtime",
  spec: {
    offset: duration(1),
    frequencyAdjustmentRatio: double(2),
    maxError: duration(3),
    estError: duration(4),
    status: string(5),
    constant: int64(6),
    syncStatus: boolean(7),
    state: string(8),
  },
  columns: {
    Offset: "{.offset}",
    EstError: "{.estError}",
    MaxError: "{.maxError}",
    Status: "{.status}",
    Sync: "{.syncStatus}",
  },
});

export type AdjtimeStatus = typeof AdjtimeStatus.Type;
