import type { KubeClient } from "../../../kube/client.ts";
import type { KubeObject } from "../../../kube/object.ts";

interface Definition extends KubeObject {
  readonly status?: { readonly conditions?: readonly { readonly type?: string; readonly status?: string }[] };
}

/** A server that takes longer has a reason; what needs the kind is tried again. */
const patienceSeconds = 10;
/** One that does not even say that the time is over is gone: other machines wait for their turn meanwhile. */
const silenceMs = 15_000;

/** Waits until the server serves the kind that was just defined, for those of its objects that come next. */
export async function establish(client: KubeClient, definition: KubeObject, signal: AbortSignal): Promise<void> {
  const query = { fieldSelector: `metadata.name=${definition.metadata?.name}`, timeoutSeconds: patienceSeconds };
  const path = await client.collectionOf(definition, signal);
  const patience = AbortSignal.any([signal, AbortSignal.timeout(silenceMs)]);
  for await (const { object } of client.watch<Definition>(path, query, patience)) {
    const conditions = object.status?.conditions ?? [];
    if (conditions.some(({ type, status }) => type === "Established" && status === "True")) {
      return client.learn(definition);
    }
  }
}
