import { defineResource } from "../define.ts";
import { addressSortAlgorithm } from "./address-names.ts";

/** How selections of addresses are sorted. */
export const NodeAddressSortAlgorithm = defineResource({
  type: "NodeAddressSortAlgorithms.net.talos.dev",
  namespace: "network",
  spec: {
    algorithm: addressSortAlgorithm(1),
  },
  columns: { Algorithm: "{.algorithm}" },
});

export type NodeAddressSortAlgorithm = typeof NodeAddressSortAlgorithm.Type;
