import { messageOf } from "../../errors/message.ts";
import type { KubeAccess } from "../../kube/access.ts";
import { KubeClient } from "../../kube/client.ts";
import { isKubeError } from "../../kube/kube-error.ts";
import { type Target, textOf } from "../../net/balancer/target.ts";

const timeoutMs = 2_000;
const serverErrors = 500;

/** Whether an API server that listens is not ready yet: it still makes what every cluster has. */
export async function isStarting(access: KubeAccess, target: Target, signal: AbortSignal): Promise<boolean> {
  using client = new KubeClient({ ...access, server: `https://${textOf(target)}` }, { timeoutMs });
  try {
    await client.text("/readyz", {}, signal);
    return false;
  } catch (thrown) {
    if (isKubeError(thrown)) return thrown.code >= serverErrors;
    // It listens and does not answer yet, or it is behind a name that only its clients can verify.
    return !/cert|verify|altname/i.test(messageOf(thrown));
  }
}
