import { messageOf } from "../../errors/message.ts";
import type { KubeAccess } from "../../kube/access.ts";
import { mayDo } from "../../kube/access-review.ts";
import { KubeClient } from "../../kube/client.ts";
import { isKubeError } from "../../kube/kube-error.ts";
import { type Target, textOf } from "../../net/balancer/target.ts";

const timeoutMs = 2_000;
const serverErrors = 500;

/** What the cluster's token is for: the kubelet's certificate. */
const joining = { verb: "create", group: "certificates.k8s.io", resource: "certificatesigningrequests" };

/**
 * Whether an API server that listens is not ready yet: it still makes what every cluster has, or, to a machine that has
 * nothing but the cluster's token, the cluster is so new that it does not know that token.
 */
export async function isStarting(access: KubeAccess, target: Target, signal: AbortSignal): Promise<boolean> {
  using client = new KubeClient({ ...access, server: `https://${textOf(target)}` }, { timeoutMs });
  try {
    if (access.token !== undefined) return !(await mayDo(client, joining, signal));
    await client.text("/readyz", {}, signal);
    return false;
  } catch (thrown) {
    if (isKubeError(thrown)) return access.token !== undefined || thrown.code >= serverErrors;
    // It listens and does not answer yet, or it is behind a name that only its clients can verify.
    return !/cert|verify|altname/i.test(messageOf(thrown));
  }
}
