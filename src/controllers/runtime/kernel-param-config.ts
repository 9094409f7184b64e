import { defineController } from "../../cosi/controller.ts";
import { KernelParamSpec } from "../../resources/runtime/kernel-param-spec.ts";
import { activeConfig, activeConfigInput } from "../active-config.ts";

/** `machine.sysctls` and `machine.sysfs`, as parameters of the kernel. */
export const kernelParamConfigController = () =>
  defineController({
    name: "runtime.KernelParamConfigController",
    inputs: [activeConfigInput],
    outputs: [{ kind: KernelParamSpec, sharing: "exclusive" }],
    async reconcile(context) {
      const machine = (await activeConfig(context))?.machine;
      const put = (id: string, value: string) => context.put(KernelParamSpec, id, { value, ignoreErrors: false });
      for (const [key, value] of Object.entries(machine?.sysctls ?? {})) await put(`proc.sys.${key}`, value);
      for (const [key, value] of Object.entries(machine?.sysfs ?? {})) await put(`sys.${key}`, value);
    },
  });
