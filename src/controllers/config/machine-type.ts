import { defineController } from "../../cosi/controller.ts";
import { MachineType } from "../../resources/config/machine-type.ts";
import { activeConfig, activeConfigInput, isControlPlane } from "../active-config.ts";

/** Says what kind of machine the config makes of this one. */
export const machineTypeController = () =>
  defineController({
    name: "config.MachineTypeController",
    inputs: [activeConfigInput],
    outputs: [{ kind: MachineType, sharing: "exclusive" }],
    async reconcile(context) {
      const config = await activeConfig(context);
      if (config === undefined) return;
      await context.put(MachineType, "machine-type", { type: isControlPlane(config) ? "controlplane" : "worker" });
    },
  });
