import { defineResource } from "../define.ts";
import { string, uint32 } from "../fields/index.ts";

/** A memory module as SMBIOS tells of it. */
export const MemoryModule = defineResource({
  type: "MemoryModules.hardware.talos.dev",
  aliases: ["memorymodules", "ram"],
  namespace: "hardware",
  spec: {
    sizeMiB: uint32(1).optional(),
    deviceLocator: string(2).optional(),
    bankLocator: string(3).optional(),
    speed: uint32(4).optional(),
    manufacturer: string(5).optional(),
    serialNumber: string(6).optional(),
    assetTag: string(7).optional(),
    productName: string(8).optional(),
  },
  columns: { Manufacturer: "{.manufacturer}", Model: "{.productName}", SizeMiB: "{.sizeMiB}" },
});

export type MemoryModule = typeof MemoryModule.Type;
