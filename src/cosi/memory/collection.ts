import { ConflictError, NotFoundError, OwnerConflictError, PhaseConflictError } from "../errors.ts";
import { matchesLabels } from "../label-query.ts";
import type { Pointer, Resource } from "../resource.ts";
import type { Selection, UpdateOptions } from "../state.ts";
import { type Change, History } from "./history.ts";

/** Anything that wants to be told about the next change. */
export interface Waiter {
  /** Returns true when it has heard enough for now and is to be forgotten. */
  offer(change: Change): boolean;
}

/** All resources of one type in one namespace. Synchronous: nothing can come between a check and its write. */
export class Collection {
  readonly history = new History();
  readonly #resources = new Map<string, Resource>();
  readonly #waiters = new Set<Waiter>();

  get(id: string): Resource | undefined {
    return this.#resources.get(id);
  }

  list(selection: Selection): Resource[] {
    const accepts = acceptor(selection);
    const found: Resource[] = [];
    for (const resource of this.#resources.values()) if (accepts(resource)) found.push(resource);
    return found.sort(({ metadata: { id: left } }, { metadata: { id: right } }) => (left < right ? -1 : 1));
  }

  create(resource: Resource): void {
    const { id } = resource.metadata;
    if (this.#resources.has(id)) throw ConflictError.alreadyExists(resource.metadata);
    this.#resources.set(id, resource);
    this.#publish("created", resource);
  }

  /** Checks that `next` may replace the present resource, and returns that. */
  expect(next: Resource, { owner = "", expectedPhase = "running" }: UpdateOptions): Resource {
    const current = this.#owned(next.metadata, owner);
    const { version, phase } = current.metadata;
    if (version !== next.metadata.version) throw ConflictError.version(next.metadata, next.metadata.version, version);
    if (expectedPhase !== "any" && phase !== expectedPhase) {
      throw new PhaseConflictError(next.metadata, expectedPhase);
    }
    return current;
  }

  replace(old: Resource, next: Resource): void {
    this.#resources.set(next.metadata.id, next);
    this.#publish("updated", next, old);
  }

  destroy(pointer: Pointer, owner: string): void {
    const current = this.#owned(pointer, owner);
    const { finalizers } = current.metadata;
    if (finalizers.length > 0) throw ConflictError.finalizers(pointer, finalizers);
    this.#resources.delete(pointer.id);
    this.#publish("destroyed", current);
  }

  wait(waiter: Waiter): void {
    this.#waiters.add(waiter);
  }

  forget(waiter: Waiter): void {
    this.#waiters.delete(waiter);
  }

  #owned(pointer: Pointer, owner: string): Resource {
    const current = this.#resources.get(pointer.id);
    if (current === undefined) throw new NotFoundError(pointer);
    if (current.metadata.owner !== owner) throw new OwnerConflictError(pointer, current.metadata.owner);
    return current;
  }

  #publish(type: Change["type"], resource: Resource, old?: Resource): void {
    const change = this.history.append(type, resource, old);
    for (const waiter of this.#waiters) if (waiter.offer(change)) this.#waiters.delete(waiter);
  }
}

/** A test for what a selection asks of a resource. */
export function acceptor({ ids, labels }: Selection): (resource: Resource) => boolean {
  if (ids === undefined && labels === undefined) return () => true;
  return ({ metadata }) =>
    (ids === undefined || metadata.id.search(ids) >= 0) && matchesLabels(metadata.labels, labels);
}
