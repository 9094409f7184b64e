import { defineResource } from "../define.ts";
import { string, uint32 } from "../fields/index.ts";

/** A processor socket as SMBIOS tells of it. */
export const Processor = defineResource({
  type: "Processors.hardware.talos.dev",
  aliases: ["cpus", "cpu"],
  namespace: "hardware",
  spec: {
    socket: string(1).optional(),
    manufacturer: string(2).optional(),
    productName: string(3).optional(),
    maxSpeedMhz: uint32(4).optional(),
    bootSpeedMhz: uint32(5).optional(),
    status: uint32(6).optional(),
    serialNumber: string(7).optional(),
    assetTag: string(8).optional(),
    partNumber: string(9).optional(),
    coreCount: uint32(10).optional(),
    coreEnabled: uint32(11).optional(),
    threadCount: uint32(12).optional(),
  },
  columns: {
    Manufacturer: "{.manufacturer}",
    Model: "{.productName}",
    Cores: "{.coreCount}",
    Threads: "{.threadCount}",
  },
});

export type Processor = typeof Processor.Type;
