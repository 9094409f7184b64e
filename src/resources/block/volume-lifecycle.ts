import { defineResource } from "../define.ts";

/** Held by finalizers while volumes are in use, so that a shutdown can wait for them. */
export const VolumeLifecycle = defineResource({
  type: "VolumeLifecycles.block.talos.dev",
  namespace: "runtime",
  spec: {},
});

export type VolumeLifecycle = typeof VolumeLifecycle.Type;
