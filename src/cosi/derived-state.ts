import { type CoreState, withMetadata } from "./core-state.ts";
import {
  ConflictError,
  isAlreadyExists,
  isNotFound,
  isOwnerConflict,
  isPhaseConflict,
  NotFoundError,
  PhaseConflictError,
} from "./errors.ts";
import type { Pointer, Resource, ResourceKind } from "./resource.ts";
import type { InNamespace, ModifyOptions, State, UpdateOptions } from "./state.ts";

/** Every lost race means that another writer won one, so this many in a row is a bug, not bad luck. */
const maximumTries = 100;

/** A whole State on top of the six calls that differ between implementations. */
export function stateOn(core: CoreState): State {
  const read = async <S>(kind: ResourceKind<S>, id: string, options: InNamespace): Promise<Resource<S>> => {
    const resource = await core.get(kind, id, options);
    if (resource === undefined) throw new NotFoundError(pointerTo(kind, id, options));
    return resource;
  };

  const change = async <S>(
    kind: ResourceKind<S>,
    id: string,
    options: InNamespace & UpdateOptions & { readonly asOwner?: boolean },
    next: (current: Resource<S>) => Resource<S>,
  ): Promise<Resource<S>> =>
    retryOnConflict(pointerTo(kind, id, options), async () => {
      const current = await read(kind, id, options);
      const changed = next(current);
      if (changed === current) return current;
      return core.update(changed, options.asOwner === true ? { ...options, owner: current.metadata.owner } : options);
    });

  return {
    get: core.get.bind(core),
    list: core.list.bind(core),
    create: core.create.bind(core),
    update: core.update.bind(core),
    destroy: core.destroy.bind(core),
    watch: core.watch.bind(core),

    modify: (kind, id, edit, options = {}) =>
      retryOnConflict(pointerTo(kind, id, options), async () => {
        const current = await core.get(kind, id, options);
        if (current === undefined) return core.create(kind, id, edit(undefined), options);
        const next = edited(current, edit(current.spec), options);
        return next === current ? current : core.update(next, options);
      }),

    async teardown(kind, id, options = {}) {
      const torn = await change(kind, id, { ...options, expectedPhase: "any" }, (current) =>
        current.metadata.phase === "tearingDown" ? current : withMetadata(current, { phase: "tearingDown" }),
      );
      return torn.metadata.finalizers.length === 0;
    },

    async addFinalizer(kind, id, finalizer, options = {}) {
      await change(kind, id, { ...options, asOwner: true }, (current) => {
        const { finalizers, phase } = current.metadata;
        if (phase !== "running") throw new PhaseConflictError(current.metadata, "running");
        return finalizers.includes(finalizer)
          ? current
          : withMetadata(current, { finalizers: [...finalizers, finalizer] });
      });
    },

    async removeFinalizer(kind, id, finalizer, options = {}) {
      try {
        await change(kind, id, { ...options, asOwner: true, expectedPhase: "any" }, (current) => {
          const { finalizers } = current.metadata;
          if (!finalizers.includes(finalizer)) return current;
          return withMetadata(current, { finalizers: finalizers.filter((held) => held !== finalizer) });
        });
      } catch (thrown) {
        if (!isNotFound(thrown)) throw thrown;
      }
    },
  };
}

/** The resource with what was asked for, or the very same one when it already is so. */
function edited<S>(current: Resource<S>, spec: S, { labels, annotations, finalizers }: ModifyOptions): Resource<S> {
  // Controllers put everything there is at each pass; mostly it is so already.
  if (labels === undefined && annotations === undefined && finalizers === undefined) {
    return Bun.deepEquals(spec, current.spec) ? current : { metadata: current.metadata, spec };
  }
  const metadata = {
    ...current.metadata,
    ...(labels === undefined ? {} : { labels }),
    ...(annotations === undefined ? {} : { annotations }),
    ...(finalizers === undefined ? {} : { finalizers }),
  };
  const same = Bun.deepEquals(spec, current.spec) && Bun.deepEquals(metadata, current.metadata);
  return same ? current : { metadata, spec };
}

async function retryOnConflict<T>(pointer: Pointer, attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (thrown) {
      if (!isRace(thrown)) throw thrown;
      if (tries === maximumTries)
        throw new ConflictError(`resource ${pointer.type} changes faster than it can be modified`, { cause: thrown });
    }
  }
}

/** Somebody was faster between our read and our write; wrong owner and wrong phase stay wrong. */
function isRace(thrown: unknown): boolean {
  if (isOwnerConflict(thrown) || isPhaseConflict(thrown)) return false;
  return isAlreadyExists(thrown) || thrown instanceof ConflictError;
}

function pointerTo(kind: ResourceKind, id: string, options: InNamespace): Pointer {
  return { namespace: options.namespace ?? kind.namespace, type: kind.type, id };
}
