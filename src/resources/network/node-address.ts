import { defineResource } from "../define.ts";
import { prefix } from "../fields/index.ts";
import { addressSortAlgorithm } from "./address-names.ts";

/** A selection of the machine's addresses, such as `default` or `routed`. */
export const NodeAddress = defineResource({
  type: "NodeAddresses.net.talos.dev",
  namespace: "network",
  spec: {
    addresses: prefix(1).list(),
    sortAlgorithm: addressSortAlgorithm(2),
  },
  columns: { Addresses: "{.addresses}", SortAlgorithm: "{.sortAlgorithm}" },
});

export type NodeAddress = typeof NodeAddress.Type;
