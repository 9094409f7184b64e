import { defineResource } from "../define.ts";
import { string, uint64 } from "../fields/index.ts";

/** Counters of the compressed swap cache. */
export const ZswapStatus = defineResource({
  type: "ZswapStatuses.block.talos.dev",
  namespace: "runtime",
  spec: {
    totalSize: uint64(1),
    totalSizeHuman: string(2),
    storedPages: uint64(3),
    poolLimitHit: uint64(4),
    rejectReclaimFail: uint64(5),
    rejectAllocFail: uint64(6),
    rejectKmemcacheFail: uint64(7),
    rejectCompressFail: uint64(8),
    rejectCompressPoor: uint64(9),
    writtenBackPages: uint64(10),
  },
  columns: {
    "Total Size": "{.totalSizeHuman}",
    "Stored Pages": "{.storedPages}",
    "Written Back": "{.writtenBackPages}",
    "Pool Limit Hit": "{.poolLimitHit}",
  },
});

export type ZswapStatus = typeof ZswapStatus.Type;
