import type { ResourceKind } from "../../cosi/resource.ts";
import type { State } from "../../cosi/state.ts";

/** Resolves when a resource is no longer what it was at the time of the call. @throws the abort's reason */
export async function changes<S>(state: State, kind: ResourceKind<S>, id: string, signal: AbortSignal): Promise<void> {
  let first: number | undefined;
  for await (const event of state.watch(kind, { id, signal })) {
    if (event.type !== "created" && event.type !== "updated") continue;
    first ??= event.resource.metadata.version;
    // A teardown makes way for nothing: it has its own way of stopping things.
    if (event.resource.metadata.version !== first && event.resource.metadata.phase === "running") return;
  }
  signal.throwIfAborted();
}
