import { defineResource } from "../define.ts";
import { boolean, prefix, string, uint32 } from "../fields/index.ts";
import { addressFlags, family, scope } from "./address-names.ts";
import { configLayer } from "./config-names.ts";

/** An address that a link should have. */
export const AddressSpec = defineResource({
  type: "AddressSpecs.net.talos.dev",
  namespace: "network",
  spec: {
    address: prefix(1),
    linkName: string(2),
    family: family(3),
    scope: scope(4),
    flags: addressFlags(5),
    announceWithARP: boolean(6).optional(),
    priority: uint32(8).optional(),
    layer: configLayer(7),
  },
});

export type AddressSpec = typeof AddressSpec.Type;
