import { messageOf } from "../../../errors/message.ts";
import { KubeClient } from "../../../kube/client.ts";
import { accessOf } from "../../../kube/kubeconfig.ts";

/** A look at a server beside which others want to start; it answers at once or not yet. */
const timeoutMs = 2_000;

/**
 * Why the API server cannot serve the holder of a kubeconfig yet; undefined once it can. Its own answer, which comes
 * after the roles of a new cluster are there: before, the holder would be forbidden what it needs.
 */
export async function whyNotServing(kubeconfig: string, signal: AbortSignal): Promise<string | undefined> {
  using client = new KubeClient(accessOf(kubeconfig), { timeoutMs });
  try {
    await client.text("/readyz", {}, signal);
    return undefined;
  } catch (thrown) {
    return messageOf(thrown);
  }
}
