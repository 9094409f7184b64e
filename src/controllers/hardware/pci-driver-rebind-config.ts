import { documentsOf } from "../../config/index.ts";
import { defineController } from "../../cosi/controller.ts";
import { PCIDriverRebindConfig } from "../../resources/hardware/pci-driver-rebind-config.ts";
import { activeConfig, activeConfigInput } from "../active-config.ts";

/** `PCIDriverRebindConfig`: devices that are to get another driver. */
export const pciDriverRebindConfigController = () =>
  defineController({
    name: "hardware.PCIDriverRebindConfigController",
    inputs: [activeConfigInput],
    outputs: [{ kind: PCIDriverRebindConfig, sharing: "exclusive" }],
    async reconcile(context) {
      const config = await activeConfig(context);
      for (const { name, targetDriver = "" } of config === undefined
        ? []
        : documentsOf(config, "PCIDriverRebindConfig")) {
        if (name !== undefined) await context.put(PCIDriverRebindConfig, name, { pciID: name, targetDriver });
      }
    },
  });
