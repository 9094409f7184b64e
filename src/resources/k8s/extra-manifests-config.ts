import { defineResource } from "../define.ts";
import { mapOf, message, string } from "../fields/index.ts";

const extraManifestFields = {
  name: string(1),
  url: string(2),
  priority: string(3),
  extraHeaders: mapOf(4, string(2)),
  inlineManifest: string(5),
};

/** Manifests that the configuration adds to the cluster. */
export const ExtraManifestsConfig = defineResource({
  type: "ExtraManifestsConfigs.kubernetes.talos.dev",
  namespace: "controlplane",
  spec: {
    extraManifests: message(1, extraManifestFields).list(),
  },
});

export type ExtraManifestsConfig = typeof ExtraManifestsConfig.Type;
