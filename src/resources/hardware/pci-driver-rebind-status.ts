import { defineResource } from "../define.ts";
import { string } from "../fields/index.ts";

/** A PCI device that got another driver. */
export const PCIDriverRebindStatus = defineResource({
  type: "PCIDriverRebindStatuses.runtime.talos.dev",
  aliases: ["pcidriverrebinds"],
  namespace: "hardware",
  spec: {
    pciID: string(1),
    targetDriver: string(2),
  },
  columns: { Name: "{.name}", "PCI ID": "{.pciID}", TargetDriver: "{.targetDriver}" },
});

export type PCIDriverRebindStatus = typeof PCIDriverRebindStatus.Type;
