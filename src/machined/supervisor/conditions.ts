import type { ResourceKind } from "../../cosi/resource.ts";
import type { State } from "../../cosi/state.ts";
import { Failure } from "../../errors/failure.ts";
import type { Condition } from "./service.ts";

/** Resolves when a resource is there, running, and as wanted. @throws the abort's reason */
export async function whenResource<S>(
  state: State,
  kind: ResourceKind<S>,
  id: string,
  wanted: (spec: S) => boolean,
  signal: AbortSignal,
): Promise<S> {
  for await (const event of state.watch(kind, { id, signal })) {
    if (event.type === "errored") throw new Failure(`Cannot watch ${kind.type} "${id}"`, { cause: event.error });
    if (event.type !== "created" && event.type !== "updated") continue;
    const { metadata, spec } = event.resource;
    if (metadata.phase === "running" && wanted(spec)) return spec;
  }
  throw signal.reason ?? new Failure(`Cannot watch ${kind.type} "${id}": the watch ended`);
}

/** A condition on one resource. */
export const resourceReady = <S>(
  description: string,
  kind: ResourceKind<S>,
  id: string,
  wanted: (spec: S) => boolean = () => true,
): Condition => ({
  description,
  wait: async ({ state }, signal) => {
    await whenResource(state, kind, id, wanted, signal);
  },
});
