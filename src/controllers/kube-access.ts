import type { ControllerInput, ReconcileContext } from "../cosi/controller.ts";
import type { KubeAccess } from "../kube/access.ts";
import { accessOf } from "../kube/kubeconfig.ts";
import { MachineType } from "../resources/config/machine-type.ts";
import { KubernetesSecret } from "../resources/secrets/kubernetes-secret.ts";
import { kubeletAccess, kubeletAccessInput } from "./kubelet-access.ts";

/** Inputs of controllers that ask the API server in this machine's name. */
export const machineAccessInputs: readonly ControllerInput[] = [
  { kind: MachineType, id: "machine-type", strength: "weak" },
  { kind: KubernetesSecret, id: "k8s-certs", strength: "weak" },
  kubeletAccessInput,
];

export interface MachineAccess {
  readonly access: KubeAccess;
  /** Of a worker: Kubernetes lets it see and change little but its own node. */
  readonly isKubelet: boolean;
}

/**
 * Control plane machines ask their own API server as an administrator; workers have nothing but what their kubelet
 * has. Undefined until there is either.
 * @param kubeconfig where the kubelet's is, if not in its usual place
 */
export async function machineAccess(
  context: Pick<ReconcileContext, "get">,
  kubeconfig?: string,
): Promise<MachineAccess | undefined> {
  const type = (await context.get(MachineType, "machine-type"))?.spec.type;
  if (type === undefined) return undefined;
  const isKubelet = type === "worker";
  const access = isKubelet ? await kubeletAccess(context, kubeconfig) : await adminAccess(context);
  return access && { access, isKubelet };
}

async function adminAccess(context: Pick<ReconcileContext, "get">): Promise<KubeAccess | undefined> {
  const secret = (await context.get(KubernetesSecret, "k8s-certs"))?.spec;
  return secret && accessOf(secret.localhostAdminKubeconfig);
}
