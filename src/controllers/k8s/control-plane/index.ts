import type { Controller } from "../../../cosi/controller.ts";
import { admissionControlController } from "./admission-control.ts";
import { apiServerController } from "./api-server.ts";
import { auditPolicyController } from "./audit-policy.ts";
import { authorizationController } from "./authorization.ts";
import { bootstrapManifestsController } from "./bootstrap-manifests.ts";
import { controllerManagerController } from "./controller-manager.ts";
import { extraManifestsController } from "./extra-manifests.ts";
import { schedulerController } from "./scheduler.ts";

/** What the configuration wants of Kubernetes' control plane, one resource a part. */
export const controlPlaneControllers = (): readonly Controller[] => [
  admissionControlController(),
  auditPolicyController(),
  authorizationController(),
  apiServerController(),
  controllerManagerController(),
  schedulerController(),
  extraManifestsController(),
  bootstrapManifestsController(),
];
