import { defineController } from "../../cosi/controller.ts";
import { KernelModuleSpec } from "../../resources/runtime/kernel-module-spec.ts";
import { activeConfig, activeConfigInput } from "../active-config.ts";

/** `machine.kernel.modules`, as modules to load. */
export const kernelModuleConfigController = () =>
  defineController({
    name: "runtime.KernelModuleConfigController",
    inputs: [activeConfigInput],
    outputs: [{ kind: KernelModuleSpec, sharing: "exclusive" }],
    async reconcile(context) {
      for (const { name, parameters } of (await activeConfig(context))?.machine.kernel.modules ?? []) {
        if (name === undefined) continue; // the validation has told
        const given = parameters.filter((parameter) => parameter !== undefined);
        await context.put(KernelModuleSpec, name, { string: name, parameters: given });
      }
    },
  });
