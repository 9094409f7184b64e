import type { CoreState } from "../core-state.ts";
import { deepFreeze } from "../deep-freeze.ts";
import { stateOn } from "../derived-state.ts";
import type { Metadata, Resource, ResourceKind } from "../resource.ts";
import type { CreateOptions, InNamespace, OnOne, Selection, State, UpdateOptions, WatchOptions } from "../state.ts";
import type { WatchEvent } from "../watch-event.ts";
import { Collection } from "./collection.ts";
import { Watcher } from "./watcher.ts";

export interface MemoryStateOptions {
  /** Source of the created and updated times; injected by tests. */
  readonly now?: () => Date;
}

/** An empty state in this process's memory. */
export function memoryState(options: MemoryStateOptions = {}): State {
  return stateOn(new MemoryState(options));
}

class MemoryState implements CoreState {
  readonly #now: () => Date;
  /** By namespace, then by type: no key to build on the hot path. */
  readonly #namespaces = new Map<string, Map<string, Collection>>();

  constructor({ now = () => new Date() }: MemoryStateOptions) {
    this.#now = now;
  }

  async get<S>(kind: ResourceKind<S>, id: string, options?: InNamespace): Promise<Resource<S> | undefined> {
    return this.#of(kind, options).get(id) as Resource<S> | undefined;
  }

  async list<S>(kind: ResourceKind<S>, options: Selection = {}): Promise<Resource<S>[]> {
    return this.#of(kind, options).list(options) as Resource<S>[];
  }

  async create<S>(kind: ResourceKind<S>, id: string, spec: S, options: CreateOptions = {}): Promise<Resource<S>> {
    const { owner = "", labels = {}, annotations = {}, finalizers = [] } = options;
    const namespace = options.namespace ?? kind.namespace;
    const created = this.#now();
    const resource = this.#stored(
      {
        ...{ namespace, type: kind.type, id, version: 1, owner, phase: "running", created, updated: created },
        ...{ finalizers, labels, annotations },
      },
      spec,
    );
    this.#in(namespace, kind.type).create(resource);
    return resource;
  }

  async update<S>(resource: Resource<S>, options: UpdateOptions = {}): Promise<Resource<S>> {
    const { namespace, type } = resource.metadata;
    const collection = this.#in(namespace, type);
    const current = collection.expect(resource, options);
    const { version, created, owner } = current.metadata;
    const updated = this.#now();
    const next = this.#stored({ ...resource.metadata, version: version + 1, owner, created, updated }, resource.spec);
    collection.replace(current, next);
    return next;
  }

  async destroy(kind: ResourceKind, id: string, options: OnOne = {}): Promise<void> {
    const namespace = options.namespace ?? kind.namespace;
    this.#in(namespace, kind.type).destroy({ namespace, type: kind.type, id }, options.owner ?? "");
  }

  watch<S>(kind: ResourceKind<S>, options: WatchOptions): AsyncIterable<WatchEvent<S>> {
    const namespace = options.namespace ?? kind.namespace;
    const name = { namespace, type: kind.type, id: options.id ?? "" };
    return new Watcher(this.#in(namespace, kind.type), name, options) as AsyncIterable<WatchEvent> as AsyncIterable<
      WatchEvent<S>
    >;
  }

  #of(kind: ResourceKind, options?: InNamespace): Collection {
    return this.#in(options?.namespace ?? kind.namespace, kind.type);
  }

  #in(namespace: string, type: string): Collection {
    const types = this.#namespaces.getOrInsertComputed(namespace, () => new Map<string, Collection>());
    return types.getOrInsertComputed(type, () => new Collection());
  }

  /** Everybody shares the stored object, so nobody may change it. */
  #stored<S>(metadata: Metadata, spec: S): Resource<S> {
    return deepFreeze({ metadata, spec });
  }
}
