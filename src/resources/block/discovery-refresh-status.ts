import { defineResource } from "../define.ts";
import { int64 } from "../fields/index.ts";

/** The last request for probing that has been answered. */
export const DiscoveryRefreshStatus = defineResource({
  type: "DiscoveryRefreshStatuses.block.talos.dev",
  namespace: "runtime",
  spec: {
    request: int64(1),
  },
  columns: { Request: "{.request}" },
});

export type DiscoveryRefreshStatus = typeof DiscoveryRefreshStatus.Type;
