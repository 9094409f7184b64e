import { defineResource } from "../define.ts";
import { KernelParamSpec } from "./kernel-param-spec.ts";

/** A sysctl or sysfs value that is set unless the configuration says otherwise. */
export const KernelParamDefaultSpec = defineResource({
  type: "KernelParamDefaultSpecs.runtime.talos.dev",
  namespace: "runtime",
  spec: KernelParamSpec.fields,
});

export type KernelParamDefaultSpec = typeof KernelParamDefaultSpec.Type;
