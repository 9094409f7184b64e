import type { Controller } from "../../../cosi/controller.ts";
import { extraManifestController } from "./extra-manifests.ts";
import { manifestApplyController } from "./manifest-apply.ts";
import { manifestController } from "./manifests.ts";

/** What makes an API server a cluster: the manifests of its parts, those of its owner, and that they are applied. */
export const manifestControllers = (): readonly Controller[] => [
  manifestController(),
  extraManifestController(),
  manifestApplyController(),
];
