import { defineResource } from "../define.ts";
import { string } from "../fields/index.ts";

/** A device on the PCI bus; the id is its address. */
export const PCIDevice = defineResource({
  type: "PCIDevices.hardware.talos.dev",
  aliases: ["devices", "device"],
  namespace: "hardware",
  spec: {
    class: string(1).optional(),
    subclass: string(2).optional(),
    vendor: string(3).optional(),
    product: string(4).optional(),
    class_id: string(5),
    subclass_id: string(6),
    vendor_id: string(7),
    product_id: string(8),
    driver: string(9).optional(),
  },
  columns: { Class: "{.class}", Subclass: "{.subclass}", Vendor: "{.vendor}", Product: "{.product}" },
});

export type PCIDevice = typeof PCIDevice.Type;
