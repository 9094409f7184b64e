import { defineResource } from "../define.ts";

/** Exists while the machine looks for its configuration. */
export const AcquireConfigSpec = defineResource({
  type: "AcquireConfigSpecs.v1alpha1.talos.dev",
  namespace: "runtime",
  spec: {},
});

export type AcquireConfigSpec = typeof AcquireConfigSpec.Type;
