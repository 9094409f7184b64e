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
  /** Ids in order, as of the latest list, and what came since: most lists are of what was there before. */
  #order: readonly string[] = [];
  readonly #added = new Set<string>();

  get(id: string): Resource | undefined {
    return this.#resources.get(id);
  }

  list(selection: Selection): Resource[] {
    const accepts = acceptor(selection);
    const found: Resource[] = [];
    for (const id of this.#inOrder()) {
      const resource = this.#resources.get(id);
      if (resource !== undefined && accepts(resource)) found.push(resource);
    }
    return found;
  }

  create(resource: Resource): void {
    const { id } = resource.metadata;
    if (this.#resources.has(id)) throw ConflictError.alreadyExists(resource.metadata);
    this.#resources.set(id, resource);
    this.#added.add(id);
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
    this.#added.delete(pointer.id);
    this.#publish("destroyed", current);
  }

  wait(waiter: Waiter): void {
    this.#waiters.add(waiter);
  }

  forget(waiter: Waiter): void {
    this.#waiters.delete(waiter);
  }

  #inOrder(): readonly string[] {
    if (this.#added.size === 0 && this.#order.length === this.#resources.size) return this.#order;
    // One that went and came again is in both.
    const stayed = this.#order.filter((id) => this.#resources.has(id) && !this.#added.has(id));
    this.#order = merge(stayed, [...this.#added].sort(compareText));
    this.#added.clear();
    return this.#order;
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

const compareText = (left: string, right: string): number => (left < right ? -1 : Number(left > right));

/** Of two lists in order, one. */
function merge(left: readonly string[], right: readonly string[]): readonly string[] {
  if (right.length === 0) return left;
  const merged: string[] = [];
  let at = 0;
  for (const id of right) {
    for (let next = left[at]; next !== undefined && next < id; next = left[at]) {
      merged.push(next);
      at += 1;
    }
    merged.push(id);
  }
  return [...merged, ...left.slice(at)];
}
