import { defineResource } from "../define.ts";
import { string } from "../fields/index.ts";

/** Bootstrap manifests that have been applied. */
export const ManifestStatus = defineResource({
  type: "ManifestStatuses.kubernetes.talos.dev",
  namespace: "controlplane",
  spec: {
    manifestsApplied: string(1).list(),
  },
});

export type ManifestStatus = typeof ManifestStatus.Type;
