import type { Resource } from "./resource.ts";
import type { State } from "./state.ts";

/** What a state must do itself; the rest of State follows from it (`derived-state.ts`). */
export type CoreState = Pick<State, "get" | "list" | "create" | "update" | "destroy" | "watch">;

/** The same resource with other metadata. */
export function withMetadata<S>(resource: Resource<S>, change: Partial<Resource["metadata"]>): Resource<S> {
  return { metadata: { ...resource.metadata, ...change }, spec: resource.spec };
}
