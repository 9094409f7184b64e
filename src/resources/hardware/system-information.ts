import { defineResource } from "../define.ts";
import { string } from "../fields/index.ts";

/** The machine as SMBIOS tells of it. */
export const SystemInformation = defineResource({
  type: "SystemInformations.hardware.talos.dev",
  aliases: ["systeminformation"],
  namespace: "hardware",
  spec: {
    manufacturer: string(1).optional(),
    productName: string(2).optional(),
    version: string(3).optional(),
    serialnumber: string(4).optional(),
    uuid: string(5).optional(),
    wakeUpType: string(6).optional(),
    skuNumber: string(7).optional(),
  },
  columns: {
    Manufacturer: "{.manufacturer}",
    ProductName: "{.productName}",
    Version: "{.version}",
    SerialNumber: "{.serialnumber}",
    UUID: "{.uuid}",
    WakeUpType: "{.wakeUpType}",
    SKUNumber: "{.skuNumber}",
  },
});

export type SystemInformation = typeof SystemInformation.Type;
