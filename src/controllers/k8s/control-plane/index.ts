import type { Controller } from "../../../cosi/controller.ts";
import { admissionControlController } from "./admission-control.ts";
import { apiServerController } from "./api-server.ts";
import { auditPolicyController } from "./audit-policy.ts";
import { authorizationController } from "./authorization.ts";
import { bootstrapManifestsController } from "./bootstrap-manifests.ts";
import { controllerManagerController } from "./controller-manager.ts";
import { extraManifestsController } from "./extra-manifests.ts";
import type { RenderOptions } from "./pod-files.ts";
import { renderConfigsController } from "./render-configs.ts";
import { renderSecretsController } from "./render-secrets.ts";
import { schedulerController } from "./scheduler.ts";
import { controlPlaneStaticPodsController } from "./static-pods.ts";

/** What the configuration wants of Kubernetes' control plane, one resource a part, and the pods that it becomes. */
export const controlPlaneControllers = (options: RenderOptions = {}): readonly Controller[] => [
  admissionControlController(),
  auditPolicyController(),
  authorizationController(),
  apiServerController(),
  controllerManagerController(),
  schedulerController(),
  extraManifestsController(),
  bootstrapManifestsController(),
  renderSecretsController(options),
  renderConfigsController(options),
  controlPlaneStaticPodsController(options),
];
