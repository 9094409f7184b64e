import { defineResource } from "../define.ts";
import { prefix } from "../fields/index.ts";

/** Which addresses a selection takes and leaves. */
export const NodeAddressFilter = defineResource({
  type: "NodeAddressFilters.net.talos.dev",
  namespace: "network",
  spec: {
    includeSubnets: prefix(1).list(),
    excludeSubnets: prefix(2).list(),
  },
  columns: { "Include Subnets": "{.includeSubnets}", "Exclude Subnets": "{.excludeSubnets}" },
});

export type NodeAddressFilter = typeof NodeAddressFilter.Type;
