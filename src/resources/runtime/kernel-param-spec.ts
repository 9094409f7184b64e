import { defineResource } from "../define.ts";
import { boolean, string } from "../fields/index.ts";

/** A sysctl or sysfs value that should be; the id is its path with dots, such as `proc.sys.net.ipv4.ip_forward`. */
export const KernelParamSpec = defineResource({
  type: "KernelParamSpecs.runtime.talos.dev",
  namespace: "runtime",
  spec: {
    value: string(1),
    ignoreErrors: boolean(2),
  },
});

export type KernelParamSpec = typeof KernelParamSpec.Type;
