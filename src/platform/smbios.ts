import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What the firmware says about the machine; empty where it says nothing. */
export interface Smbios {
  readonly manufacturer: string;
  readonly productName: string;
  readonly version: string;
  readonly serialNumber: string;
  /** In lower case. */
  readonly uuid: string;
  readonly skuNumber: string;
}

/** Reads what the kernel has read from the firmware. Machines without SMBIOS, and containers, have none of it. */
export function readSmbios(directory = "/sys/class/dmi/id"): Smbios {
  const text = (name: string): string => {
    try {
      return readFileSync(join(directory, name), "utf8").trim();
    } catch {
      return "";
    }
  };
  return {
    manufacturer: text("sys_vendor"),
    productName: text("product_name"),
    version: text("product_version"),
    serialNumber: text("product_serial"),
    uuid: text("product_uuid").toLowerCase(),
    skuNumber: text("product_sku"),
  };
}
