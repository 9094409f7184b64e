import { isIP } from "node:net";
import { defineController, type ReconcileContext } from "../../cosi/controller.ts";
import type { KubeAccess } from "../../kube/access.ts";
import { accessOf } from "../../kube/kubeconfig.ts";
import type { KubeObject } from "../../kube/object.ts";
import { MachineType } from "../../resources/config/machine-type.ts";
import { Endpoint } from "../../resources/k8s/endpoint.ts";
import { KubernetesSecret } from "../../resources/secrets/kubernetes-secret.ts";
import { KubeFollower } from "../kube-follower.ts";
import { kubeletAccess, kubeletAccessInput } from "../kubelet-access.ts";

interface EndpointSlice extends KubeObject {
  readonly addressType?: string;
  readonly endpoints?: readonly { readonly addresses?: readonly string[] }[];
}

/** The slices of the service `kubernetes`, which the API servers keep themselves. */
const path = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices";
const query = { labelSelector: "kubernetes.io/service-name=kubernetes" };

/** Finds the control plane where the API servers say they are. */
export const endpointController = ({ kubeconfig }: { readonly kubeconfig?: string } = {}) => {
  const follower = new KubeFollower<EndpointSlice>();
  return defineController({
    name: "k8s.EndpointController",
    inputs: [
      { kind: MachineType, id: "machine-type", strength: "weak" },
      { kind: KubernetesSecret, id: "k8s-certs", strength: "weak" },
      kubeletAccessInput,
    ],
    outputs: [{ kind: Endpoint, sharing: "shared" }],
    wakeOn: (signal) => follower.changes(signal),
    async reconcile(context) {
      const access = await accessTo(context, kubeconfig);
      const slices = follower.see(access && { access, path, query }, context);
      // What was found before the API server went away is still the best that is known.
      if (slices === undefined) return;
      await context.put(Endpoint, "kube-apiserver", { addresses: addressesOf([...slices.values()]), hosts: [] });
    },
  });
};

/**
 * By way of the cluster's endpoint, not of the own API server: a control plane machine looks for the others before it
 * has one.
 */
async function accessTo(context: ReconcileContext, kubeconfig: string | undefined): Promise<KubeAccess | undefined> {
  const type = (await context.get(MachineType, "machine-type"))?.spec.type;
  if (type === "worker") return kubeletAccess(context, kubeconfig);
  const secret = (await context.get(KubernetesSecret, "k8s-certs"))?.spec;
  return secret && accessOf(secret.adminKubeconfig);
}

/** IPv4 first. */
function addressesOf(slices: readonly EndpointSlice[]): string[] {
  const all = slices.flatMap(({ endpoints }) => (endpoints ?? []).flatMap(({ addresses }) => addresses ?? []));
  const compare = new Intl.Collator("en", { numeric: true }).compare;
  return [...new Set(all)].filter((text) => isIP(text) !== 0).sort((a, b) => isIP(a) - isIP(b) || compare(a, b));
}
