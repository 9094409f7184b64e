import { defineResource } from "../define.ts";
import { string } from "../fields/index.ts";

/** A PCI device that is to get another driver. */
export const PCIDriverRebindConfig = defineResource({
  type: "PCIDriverRebindConfigs.runtime.talos.dev",
  namespace: "hardware",
  spec: {
    pciID: string(1),
    targetDriver: string(2),
  },
  columns: { Name: "{.name}", "PCI ID": "{.pciID}", TargetDriver: "{.targetDriver}" },
});

export type PCIDriverRebindConfig = typeof PCIDriverRebindConfig.Type;
