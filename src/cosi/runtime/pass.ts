import type { Controller, LogLevel, PutOptions, ReconcileContext } from "../controller.ts";
import { isNotFound } from "../errors.ts";
import type { Resource, ResourceKind } from "../resource.ts";
import type { InNamespace, Selection, State } from "../state.ts";
import { Access, namespaceOf } from "./access.ts";

export interface PassOptions {
  readonly controller: Controller;
  readonly state: State;
  readonly signal: AbortSignal;
  readonly log: (level: LogLevel, message: string) => void;
}

/**
 * One pass of one controller: what it may touch, and what it has made. The context's calls are properties, so that
 * controllers can take apart what they need: `reconcile({ list, put })`.
 */
export class Pass implements ReconcileContext {
  readonly signal: AbortSignal;
  readonly #controller: Controller;
  readonly #state: State;
  readonly #log: PassOptions["log"];
  readonly #access: Access;
  /** Ids by namespace and type: a pass keeps thousands, and makes no key for each. */
  readonly #kept = new Map<string, Map<string, Set<string>>>();
  /** By namespace: types of which everything stays. */
  readonly #keptWhole = new Map<string, Set<string>>();
  /** Of which kind the latest one was: mostly the next is of the same. */
  #latest: { readonly kind: ResourceKind; readonly namespace: string; readonly ids: Set<string> } | undefined;
  /** When the controller wants another pass, if nothing happens before. */
  againAfterMs = Number.POSITIVE_INFINITY;

  constructor({ controller, state, signal, log }: PassOptions) {
    this.#controller = controller;
    this.#state = state;
    this.signal = signal;
    this.#log = log;
    this.#access = new Access(controller);
  }

  readonly get = async <S>(
    kind: ResourceKind<S>,
    id: string,
    options?: InNamespace,
  ): Promise<Resource<S> | undefined> => {
    this.#access.checkRead(kind, id, options);
    return this.#state.get(kind, id, options);
  };

  readonly list = async <S>(kind: ResourceKind<S>, options?: Selection): Promise<Resource<S>[]> => {
    this.#access.checkRead(kind, undefined, options);
    return this.#state.list(kind, options);
  };

  readonly put = async <S>(
    kind: ResourceKind<S>,
    id: string,
    spec: S,
    options: PutOptions = {},
  ): Promise<Resource<S>> => {
    this.#access.checkWrite(kind, id, options);
    this.keep(kind, id, options);
    const current = await this.#state.get(kind, id, options);
    if (current?.metadata.phase === "tearingDown" && current.metadata.owner === this.#controller.name) {
      // What is on its way out cannot come back: the next incarnation has to wait until this one is let go.
      if (current.metadata.finalizers.length > 0) return current;
      await this.destroy(kind, id, options);
    }
    return this.#state.modify(kind, id, () => spec, { ...options, owner: this.#controller.name });
  };

  readonly keep = (kind: ResourceKind, id: string, options?: InNamespace): void => {
    const namespace = options?.namespace ?? kind.namespace;
    if (this.#latest?.kind !== kind || this.#latest.namespace !== namespace) {
      this.#access.checkWrite(kind, id, options);
      this.#latest = { kind, namespace, ids: this.#keptOf(kind, namespace) };
    }
    this.#latest.ids.add(id);
  };

  readonly keepAll = (kind: ResourceKind, options?: InNamespace): void => {
    this.#access.checkWrite(kind, undefined, options);
    const namespace = options?.namespace ?? kind.namespace;
    this.#keptWhole.getOrInsertComputed(namespace, () => new Set<string>()).add(kind.type);
  };

  readonly teardown = async (kind: ResourceKind, id: string, options?: InNamespace): Promise<boolean> => {
    this.#access.checkWrite(kind, id, options);
    return this.#state.teardown(kind, id, { ...options, owner: this.#controller.name });
  };

  readonly destroy = async (kind: ResourceKind, id: string, options?: InNamespace): Promise<void> => {
    try {
      const ready = await this.teardown(kind, id, options);
      if (ready) await this.#state.destroy(kind, id, { ...options, owner: this.#controller.name });
    } catch (thrown) {
      if (!isNotFound(thrown)) throw thrown;
    }
  };

  readonly addFinalizer = async (kind: ResourceKind, id: string, options?: InNamespace): Promise<void> => {
    this.#access.checkHold(kind, id, options);
    await this.#state.addFinalizer(kind, id, this.#controller.name, options);
  };

  readonly removeFinalizer = async (kind: ResourceKind, id: string, options?: InNamespace): Promise<void> => {
    this.#access.checkHold(kind, id, options);
    await this.#state.removeFinalizer(kind, id, this.#controller.name, options);
  };

  readonly log = (level: LogLevel, message: string): void => {
    this.#log(level, message);
  };

  readonly requeueAfter = (ms: number): void => {
    this.againAfterMs = Math.min(this.againAfterMs, ms);
  };

  /** Destroys the exclusive outputs that a complete pass neither put nor kept. */
  async cleanUp(): Promise<void> {
    for (const output of this.#controller.outputs) {
      if (output.sharing !== "exclusive") continue;
      const namespace = namespaceOf(output);
      if (this.#keptWhole.get(namespace)?.has(output.kind.type) === true) continue;
      const kept = this.#keptOf(output.kind, namespace);
      for (const { metadata } of await this.#state.list(output.kind, { namespace })) {
        if (metadata.owner !== this.#controller.name || kept.has(metadata.id)) continue;
        await this.destroy(output.kind, metadata.id, { namespace });
      }
    }
  }

  #keptOf({ type }: ResourceKind, namespace: string): Set<string> {
    const types = this.#kept.getOrInsertComputed(namespace, () => new Map<string, Set<string>>());
    return types.getOrInsertComputed(type, () => new Set<string>());
  }
}
