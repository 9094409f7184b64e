import { defineResource } from "../define.ts";
import { int64 } from "../fields/index.ts";

/** Asks for another round of probing; `request` counts the requests. */
export const DiscoveryRefreshRequest = defineResource({
  type: "DiscoveryRefreshRequests.block.talos.dev",
  namespace: "runtime",
  spec: {
    request: int64(1),
  },
  columns: { Request: "{.request}" },
});

export type DiscoveryRefreshRequest = typeof DiscoveryRefreshRequest.Type;
