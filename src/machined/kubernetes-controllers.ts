import { kubePrismController } from "../controllers/k8s/kubeprism.ts";
import type { Controller } from "../cosi/controller.ts";

/** Controllers of what the machine says of its node and its neighbours to Kubernetes, and hears of them there. */
export function kubernetesControllersOf(): readonly Controller[] {
  return [kubePrismController()];
}
