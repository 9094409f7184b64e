import { MemoryModule } from "./memory-module.ts";
import { PCIDevice } from "./pci-device.ts";
import { PCIDriverRebindConfig } from "./pci-driver-rebind-config.ts";
import { PCIDriverRebindStatus } from "./pci-driver-rebind-status.ts";
import { PCRStatus } from "./pcr-status.ts";
import { Processor } from "./processor.ts";
import { SystemInformation } from "./system-information.ts";

export const hardwareTypes = [
  MemoryModule,
  PCIDevice,
  PCIDriverRebindConfig,
  PCIDriverRebindStatus,
  PCRStatus,
  Processor,
  SystemInformation,
] as const;
