import { defineResource } from "../define.ts";

/** Exists when the machine has its configuration. */
export const AcquireConfigStatus = defineResource({
  type: "AcquireConfigStatuses.v1alpha1.talos.dev",
  namespace: "runtime",
  spec: {},
});

export type AcquireConfigStatus = typeof AcquireConfigStatus.Type;
