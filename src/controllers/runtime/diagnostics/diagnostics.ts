import { defineController, type ReconcileContext } from "../../../cosi/controller.ts";
import type { KubeAccess } from "../../../kube/access.ts";
import { type SigningRequest, signingRequests } from "../../../kube/signing-request.ts";
import { KubeletSpec } from "../../../resources/k8s/kubelet-spec.ts";
import { Nodename } from "../../../resources/k8s/nodename.ts";
import { NodeAddress } from "../../../resources/network/node-address.ts";
import { Diagnostic } from "../../../resources/runtime/diagnostic.ts";
import { Service } from "../../../resources/v1alpha1/service.ts";
import { activeConfig, activeConfigInput } from "../../active-config.ts";
import { KubeFollower } from "../../kube-follower.ts";
import { kubeletAccess, kubeletAccessInput } from "../../kubelet-access.ts";
import { addressOverlap } from "./address-overlap.ts";
import { pendingRequests } from "./pending-requests.ts";

export interface DiagnosticsOptions {
  /** Where the kubelet's kubeconfig is. */
  readonly kubeconfig?: string;
  /** What is over before is not told: addresses come one after the other, and an approver may be quick. */
  readonly patienceMs?: number;
}

const query = { fieldSelector: "spec.signerName=kubernetes.io/kubelet-serving" };

/** Tells of what a machine can see is wrong with how it is used, and mends itself no more than waiting helps. */
export const diagnosticsController = ({ kubeconfig, patienceMs = 30_000 }: DiagnosticsOptions = {}) => {
  const requests = new KubeFollower<SigningRequest>();
  const seenSince = new Map<string, number>();
  return defineController({
    name: "runtime.DiagnosticsController",
    inputs: [
      activeConfigInput,
      { kind: NodeAddress, strength: "weak" },
      { kind: Service, id: "kubelet", strength: "weak" },
      { kind: Nodename, id: "nodename", strength: "weak" },
      { kind: KubeletSpec, id: "kubelet", strength: "weak" },
      kubeletAccessInput,
    ],
    outputs: [{ kind: Diagnostic, sharing: "shared" }],
    wakeOn: (signal) => requests.changes(signal),
    async reconcile(context) {
      const tell = async (id: string, found: Diagnostic | undefined) => {
        if (found === undefined) {
          seenSince.delete(id);
          return context.destroy(Diagnostic, id);
        }
        const leftMs = seenSince.getOrInsert(id, performance.now()) + patienceMs - performance.now();
        if (leftMs > 0) context.requeueAfter(leftMs);
        else await context.put(Diagnostic, id, found);
      };
      await tell("address-overlap", await overlapIn(context));
      const nodename = (await context.get(Nodename, "nodename"))?.spec.nodename ?? "";
      const access = await servingAccess(context, kubeconfig);
      const seen = requests.see(access && { access, path: signingRequests, query }, context);
      await tell("kubelet-csr", access && pendingRequests(seen?.values() ?? [], nodename));
    },
  });
};

async function overlapIn(context: ReconcileContext): Promise<Diagnostic | undefined> {
  const config = await activeConfig(context);
  const routed = (await context.get(NodeAddress, "routed"))?.spec.addresses;
  const withoutKubernetes = (await context.get(NodeAddress, "routed-no-k8s"))?.spec.addresses;
  if (config === undefined || routed === undefined || withoutKubernetes === undefined) return undefined;
  return addressOverlap(routed, withoutKubernetes, config.cluster.network);
}

/** The kubelet's, where it asks the cluster for the certificate that it serves with. */
async function servingAccess(context: ReconcileContext, kubeconfig?: string): Promise<KubeAccess | undefined> {
  const asks = (await context.get(KubeletSpec, "kubelet"))?.spec.config.serverTLSBootstrap === true;
  const runs = (await context.get(Service, "kubelet"))?.spec.healthy === true;
  return asks && runs ? kubeletAccess(context, kubeconfig) : undefined;
}
