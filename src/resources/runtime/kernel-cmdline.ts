import { defineResource } from "../define.ts";
import { string } from "../fields/index.ts";

/** The kernel's command line. */
export const KernelCmdline = defineResource({
  type: "KernelCmdlines.runtime.talos.dev",
  aliases: ["cmdline"],
  namespace: "runtime",
  spec: {
    cmdline: string(1),
  },
  columns: { Cmdline: "{.cmdline}" },
});

export type KernelCmdline = typeof KernelCmdline.Type;
