import { defineController, type ReconcileContext } from "../../../cosi/controller.ts";
import { messageOf } from "../../../errors/message.ts";
import { KubeClient } from "../../../kube/client.ts";
import { isKubeError, KubeUnreachable } from "../../../kube/kube-error.ts";
import { signingRequests } from "../../../kube/signing-request.ts";
import { KubeletKubeconfig } from "../../../resources/k8s/kubelet-kubeconfig.ts";
import { KubeletSpec } from "../../../resources/k8s/kubelet-spec.ts";
import { Diagnostic } from "../../../resources/runtime/diagnostic.ts";
import { KubeletSecret } from "../../../resources/secrets/kubelet-secret.ts";
import { Service } from "../../../resources/v1alpha1/service.ts";
import { bootstrapAccess, registers } from "../../kubelet-access.ts";

export interface JoiningOptions {
  /** A cluster that begins together with this machine lets it in sooner. */
  readonly patienceMs?: number;
  /** Between looks, while it is not let in. */
  readonly againMs?: number;
}

const id = "kubelet-join";
const answerTimeoutMs = 5_000;

/**
 * Says why the cluster does not let this machine's kubelet in: it runs and is well, and asks for its certificate again
 * and again. Tried with its own token, as its own words about it are among hundreds of others in its log.
 */
export const joiningController = ({ patienceMs = 30_000, againMs = 15_000 }: JoiningOptions = {}) => {
  let waitsSince: number | undefined;
  return defineController({
    name: "runtime.KubeletJoinDiagnosticController",
    inputs: [
      { kind: Service, id: "kubelet", strength: "weak" },
      { kind: KubeletKubeconfig, id: "kubelet", strength: "weak" },
      { kind: KubeletSecret, id: "kubelet", strength: "weak" },
      { kind: KubeletSpec, id: "kubelet", strength: "weak" },
    ],
    outputs: [{ kind: Diagnostic, sharing: "shared" }],
    async reconcile(context) {
      const secret = await secretOfWaiting(context);
      if (secret === undefined) {
        waitsSince = undefined;
        return context.destroy(Diagnostic, id);
      }
      waitsSince ??= performance.now();
      const leftMs = waitsSince + patienceMs - performance.now();
      if (leftMs > 0) return context.requeueAfter(leftMs);
      const details = await obstacleOf(secret, context.signal);
      if (context.signal.aborted) return;
      await context.put(Diagnostic, id, { message: "Kubernetes does not let this machine's kubelet in", details });
      context.requeueAfter(againMs);
    },
  });
};

/** What the kubelet asks by; undefined while it does not run, when it has been let in, or is not to register. */
async function secretOfWaiting(context: Pick<ReconcileContext, "get">): Promise<KubeletSecret | undefined> {
  const runs = (await context.get(Service, "kubelet"))?.spec.running === true;
  const isIn = (await context.get(KubeletKubeconfig, "kubelet")) !== undefined;
  const spec = (await context.get(KubeletSpec, "kubelet"))?.spec;
  return runs && spec !== undefined && registers(spec) && !isIn
    ? (await context.get(KubeletSecret, "kubelet"))?.spec
    : undefined;
}

async function obstacleOf(secret: KubeletSecret, signal: AbortSignal): Promise<readonly string[]> {
  using client = new KubeClient(bootstrapAccess(secret), { timeoutMs: answerTimeoutMs });
  try {
    await client.get(`${signingRequests}?limit=1`, signal);
    return ["its token is good: see whether its request was approved and signed, by kubectl get csr"];
  } catch (thrown) {
    return [messageOf(thrown), adviceFor(thrown)];
  }
}

function adviceFor(thrown: unknown): string {
  if (thrown instanceof KubeUnreachable) {
    return "is cluster.controlPlane.endpoint right, does an API server run there, and does a firewall let it through?";
  }
  if (isKubeError(thrown, 401)) {
    return "cluster.token of this machine is not that of the control plane: compare the two configurations";
  }
  if (isKubeError(thrown)) {
    return "its token is known, but may not ask: are the cluster's bootstrap roles there (talosctl get manifeststatus)?";
  }
  return "cluster.ca of this machine is not the control plane's authority: is it another cluster's configuration?";
}
