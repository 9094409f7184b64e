import type { ResourceKind } from "../../cosi/resource.ts";
import type { State } from "../../cosi/state.ts";

/** A resource that something is made from. */
export interface ResourceReference {
  readonly kind: ResourceKind;
  readonly id: string;
  /** The only field of its spec that matters; all of it when undefined. */
  readonly field?: string;
}

/** Resolves when a resource is no longer what it was at the time of the call. @throws the abort's reason */
export async function changes(state: State, reference: ResourceReference, signal: AbortSignal): Promise<void> {
  const { kind, id, field } = reference;
  let first: { readonly value: unknown } | undefined;
  for await (const event of state.watch(kind, { id, signal })) {
    if (event.type !== "created" && event.type !== "updated") continue;
    const { metadata, spec } = event.resource;
    const value = field === undefined ? metadata.version : Reflect.get(Object(spec), field);
    first ??= { value };
    // A teardown makes way for nothing: it has its own way of stopping things.
    if (value !== first.value && metadata.phase === "running") return;
  }
  signal.throwIfAborted();
}
