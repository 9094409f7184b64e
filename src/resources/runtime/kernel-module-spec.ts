import { defineResource } from "../define.ts";
import { string } from "../fields/index.ts";

/** A kernel module that should be loaded. */
export const KernelModuleSpec = defineResource({
  type: "KernelModuleSpecs.runtime.talos.dev",
  namespace: "runtime",
  spec: {
    string: string(1),
    parameters: string(2).list(),
  },
});

export type KernelModuleSpec = typeof KernelModuleSpec.Type;
