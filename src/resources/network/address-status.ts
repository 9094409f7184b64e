import { defineResource } from "../define.ts";
import { address, prefix, string, uint32 } from "../fields/index.ts";
import { addressFlags, family, scope } from "./address-names.ts";

/** An address as the kernel has it now. One per address and link; the id is `<link>/<prefix>`. */
export const AddressStatus = defineResource({
  type: "AddressStatuses.net.talos.dev",
  aliases: ["address", "addresses"],
  namespace: "network",
  spec: {
    address: prefix(1),
    local: address(2).optional(),
    broadcast: address(3).optional(),
    anycast: address(4).optional(),
    multicast: address(5).optional(),
    linkIndex: uint32(6),
    linkName: string(7),
    family: family(8),
    scope: scope(9),
    flags: addressFlags(10),
    priority: uint32(11),
  },
  columns: { Address: "{.address}", Link: "{.linkName}" },
});

export type AddressStatus = typeof AddressStatus.Type;
