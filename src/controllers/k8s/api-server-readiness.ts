import { messageOf } from "../../errors/message.ts";
import type { KubeAccess } from "../../kube/access.ts";
import { mayDo } from "../../kube/access-review.ts";
import { KubeClient } from "../../kube/client.ts";
import { isKubeError } from "../../kube/kube-error.ts";
import type { Readiness } from "../../net/balancer/readiness.ts";
import { type Target, textOf } from "../../net/balancer/target.ts";

const timeoutMs = 2_000;
const serverErrors = 500;

/** What the cluster's token is for: the kubelet's certificate. */
const joining = { verb: "create", group: "certificates.k8s.io", resource: "certificatesigningrequests" };

/**
 * What an API server that listens says of itself. It is starting while it makes what every cluster has, or, to a machine
 * that has nothing but the cluster's token, while the cluster is so new that it does not know that token.
 */
export async function apiServerReadiness(access: KubeAccess, target: Target, signal: AbortSignal): Promise<Readiness> {
  using client = new KubeClient({ ...access, server: `https://${textOf(target)}` }, { timeoutMs });
  try {
    if (access.token !== undefined) return (await mayDo(client, joining, signal)) ? "ready" : "starting";
    await client.text("/readyz", {}, signal);
    return "ready";
  } catch (thrown) {
    if (isKubeError(thrown)) return access.token !== undefined || thrown.code >= serverErrors ? "starting" : "ready";
    // It listens and does not answer now, or it is behind a name that only its clients can verify.
    return /cert|verify|altname/i.test(messageOf(thrown)) ? "ready" : "silent";
  }
}
