import { KernelCmdline } from "../../resources/runtime/kernel-cmdline.ts";
import { factController } from "./fact.ts";

/** Shows how the kernel was started. */
export const kernelCmdlineController = (cmdline: string) =>
  factController({
    name: "runtime.KernelCmdlineController",
    kind: KernelCmdline,
    id: "cmdline",
    read: () => ({ cmdline }),
  });
