import { defineResource } from "../define.ts";
import { boolean, string } from "../fields/index.ts";

/** A sysctl or sysfs value that has been set, and what it was before. */
export const KernelParamStatus = defineResource({
  type: "KernelParamStatuses.runtime.talos.dev",
  aliases: ["sysctls", "kernelparameters", "kernelparams"],
  namespace: "runtime",
  spec: {
    current: string(1),
    default: string(2),
    unsupported: boolean(3),
  },
  columns: { Current: "{.current}", Default: "{.default}", Unsupported: "{.unsupported}" },
});

export type KernelParamStatus = typeof KernelParamStatus.Type;
