import { defineResource } from "../define.ts";
import { int64, string } from "../fields/index.ts";

/** A kernel module that is loaded. */
export const LoadedKernelModule = defineResource({
  type: "LoadedKernelModules.runtime.talos.dev",
  aliases: ["module", "modules"],
  namespace: "runtime",
  spec: {
    size: int64(1),
    referenceCount: int64(2),
    dependencies: string(3).list().optional(),
    state: string(4),
    address: string(5),
  },
  columns: { State: "{.state}" },
});

export type LoadedKernelModule = typeof LoadedKernelModule.Type;
