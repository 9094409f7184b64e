import type { LabelQuery } from "./label-query.ts";
import type { Phase, Resource, ResourceKind } from "./resource.ts";
import type { WatchEvent } from "./watch-event.ts";

export interface InNamespace {
  /** Default: the kind's own namespace. */
  readonly namespace?: string;
}

/** Which resources of a kind: all conditions that are given must hold. */
export interface Selection extends InNamespace {
  /** Alternatives; see LabelQuery. */
  readonly labels?: readonly LabelQuery[];
  /** Must match somewhere in the id. */
  readonly ids?: RegExp;
}

export interface ByOwner {
  /** Who asks. Must be the resource's owner; empty (default) for resources that nobody owns. */
  readonly owner?: string;
}

export interface CreateOptions extends InNamespace, ByOwner {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
}

export interface UpdateOptions extends ByOwner {
  /** Refuse unless the resource is in this phase; default `running`, `any` accepts both. */
  readonly expectedPhase?: Phase | "any";
}

export interface ModifyOptions extends CreateOptions, UpdateOptions {}

export interface OnOne extends InNamespace, ByOwner {}

export interface WatchOptions extends Selection {
  /** Watch one resource. The first event is always its present form, or `destroyed` when there is none. */
  readonly id?: string;
  /** First every existing resource as `created`, then `bootstrapped`, then changes. */
  readonly bootstrapContents?: boolean;
  /** First a `noop` that carries the bookmark of the present. */
  readonly bootstrapBookmark?: boolean;
  /** Continue right after the event that carried this bookmark. */
  readonly startFromBookmark?: Uint8Array;
  /** First this many of the latest events. */
  readonly tailEvents?: number;
  readonly signal: AbortSignal;
}

/**
 * All resources, and every change to them. Calls fail with the errors of `errors.ts`.
 * The in-memory state and the state over the wire both satisfy `conformance.ts`.
 */
export interface State {
  get<S>(kind: ResourceKind<S>, id: string, options?: InNamespace): Promise<Resource<S> | undefined>;

  /** In order of ids. */
  list<S>(kind: ResourceKind<S>, options?: Selection): Promise<Resource<S>[]>;

  /** @throws AlreadyExistsError */
  create<S>(kind: ResourceKind<S>, id: string, spec: S, options?: CreateOptions): Promise<Resource<S>>;

  /**
   * Replaces spec, labels, annotations, finalizers and phase; `metadata.version` must be the present one.
   * @throws NotFoundError, ConflictError, OwnerConflictError, PhaseConflictError
   */
  update<S>(resource: Resource<S>, options?: UpdateOptions): Promise<Resource<S>>;

  /** Creates, or updates and retries on conflict. A change to an equal spec leaves the version as it is. */
  modify<S>(
    kind: ResourceKind<S>,
    id: string,
    change: (current: S | undefined) => S,
    options?: ModifyOptions,
  ): Promise<Resource<S>>;

  /** Moves to `tearingDown`; true when no finalizers are left, so that `destroy` will succeed. */
  teardown(kind: ResourceKind, id: string, options?: OnOne): Promise<boolean>;

  /** @throws NotFoundError, OwnerConflictError, ConflictError while finalizers are left */
  destroy(kind: ResourceKind, id: string, options?: OnOne): Promise<void>;

  /** Anybody may hold on to anybody's running resource. @throws PhaseConflictError when it is being torn down */
  addFinalizer(kind: ResourceKind, id: string, finalizer: string, options?: InNamespace): Promise<void>;

  /** No error when the finalizer or the resource is already gone. */
  removeFinalizer(kind: ResourceKind, id: string, finalizer: string, options?: InNamespace): Promise<void>;

  /**
   * Changes from now on, in order, until the signal aborts. A reader that is too slow gets an `errored` event and the
   * end. In memory, "now" is the call, not the first iteration; over the wire it is the first event.
   * @throws InvalidBookmarkError from the call, or from the iteration when the state is remote
   */
  watch<S>(kind: ResourceKind<S>, options: WatchOptions): AsyncIterable<WatchEvent<S>>;
}
