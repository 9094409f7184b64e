import { InvalidBookmarkError } from "../errors.ts";
import type { Pointer, Resource } from "../resource.ts";
import type { WatchOptions } from "../state.ts";
import { tombstone } from "../tombstone.ts";
import type { WatchEvent } from "../watch-event.ts";
import { decodeBookmark, encodeBookmark } from "./bookmark.ts";
import { acceptor, type Collection, type Waiter } from "./collection.ts";
import type { Change } from "./history.ts";

const done: IteratorResult<WatchEvent> = { done: true, value: undefined };

/**
 * A reader of one collection's history. It holds a position and no queue: a reader that never reads costs nothing, and
 * one that is lapped by the ring learns that it was.
 */
export class Watcher implements AsyncIterableIterator<WatchEvent>, Waiter {
  readonly #collection: Collection;
  readonly #name: Pointer;
  readonly #signal: AbortSignal;
  readonly #accepts: (resource: Resource) => boolean;
  /** What is told before history: existing contents, a bookmark. Reversed, so that taking one is cheap. */
  readonly #first: WatchEvent[];
  #position: number;
  #ended = false;
  #pending: ((result: IteratorResult<WatchEvent>) => void) | undefined;

  /** @throws InvalidBookmarkError */
  constructor(collection: Collection, name: Pointer, options: WatchOptions) {
    this.#collection = collection;
    this.#name = name;
    this.#signal = options.signal;
    const { id } = options;
    this.#accepts = id === undefined ? acceptor(options) : (resource) => resource.metadata.id === id;
    this.#position = this.#begin(options);
    this.#first = this.#introduction(options).reverse();
    this.#signal.addEventListener("abort", this.#end, { once: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<WatchEvent>> {
    if (this.#ended || this.#signal.aborted) return this.return();
    const first = this.#first.pop();
    if (first !== undefined) return Promise.resolve({ done: false, value: first });
    const event = this.#read();
    if (event !== undefined) return Promise.resolve({ done: false, value: event });
    return new Promise((resolve) => {
      this.#pending = resolve;
      this.#collection.wait(this);
    });
  }

  return(): Promise<IteratorResult<WatchEvent>> {
    this.#end();
    return Promise.resolve(done);
  }

  offer(change: Change): boolean {
    this.#position = change.position + 1;
    const event = this.#seen(change);
    if (event === undefined) return false;
    this.#pending?.({ done: false, value: event });
    this.#pending = undefined;
    return true;
  }

  readonly #end = (): void => {
    this.#ended = true;
    this.#signal.removeEventListener("abort", this.#end);
    this.#collection.forget(this);
    this.#pending?.(done);
    this.#pending = undefined;
  };

  /** The next event in history that concerns this watch. */
  #read(): WatchEvent | undefined {
    const { history } = this.#collection;
    while (this.#position < history.end) {
      const change = history.at(this.#position);
      if (change === undefined) return this.#overrun();
      this.#position += 1;
      const event = this.#seen(change);
      if (event !== undefined) return event;
    }
    return undefined;
  }

  #overrun(): WatchEvent {
    const { namespace, type } = this.#name;
    const lag = this.#collection.history.end - this.#position;
    this.#end();
    return {
      type: "errored",
      error: new Error(`buffer overrun: namespace "${namespace}" type "${type}", ${lag} behind`),
    };
  }

  /** The change as this watch sees it: what begins to match has appeared, what no longer does has gone. */
  #seen(change: Change): WatchEvent | undefined {
    const { type, resource, old } = change;
    const matches = this.#accepts(resource);
    if (type !== "updated" || old === undefined) return matches ? (change as WatchEvent) : undefined;
    const matched = this.#accepts(old);
    if (matches && matched) return change as WatchEvent;
    if (!matches && !matched) return undefined;
    return { type: matches ? "created" : "destroyed", resource, bookmark: change.bookmark };
  }

  #begin({ id, tailEvents = 0, startFromBookmark, bootstrapContents }: WatchOptions): number {
    const { history } = this.#collection;
    if ([tailEvents > 0, startFromBookmark !== undefined, bootstrapContents === true].filter(Boolean).length > 1) {
      throw new TypeError(
        "a watch starts from its contents, from a bookmark or from the latest events, not from several",
      );
    }
    if (startFromBookmark !== undefined) {
      const position = decodeBookmark(startFromBookmark);
      // The bookmark of an empty history is -1: everything that came since.
      if (position < history.start - 1 || position >= history.end) throw new InvalidBookmarkError();
      return position + 1;
    }
    if (tailEvents === 0) return history.end;
    if (id === undefined) return Math.max(history.start, history.end - tailEvents);
    let position = history.end;
    for (let found = 0; position > history.start && found < tailEvents; position -= 1) {
      if (history.at(position - 1)?.resource.metadata.id === id) found += 1;
    }
    return position;
  }

  #introduction(options: WatchOptions): WatchEvent[] {
    const bookmark = encodeBookmark(this.#position - 1);
    if (options.id !== undefined) {
      if ((options.tailEvents ?? 0) > 0 || options.startFromBookmark !== undefined) return [];
      return [this.#present(options.id)];
    }
    const events: WatchEvent[] = [];
    if (options.bootstrapContents === true) {
      for (const resource of this.#collection.list(options)) events.push({ type: "created", resource });
      events.push({ type: "bootstrapped", bookmark });
    }
    if (options.bootstrapBookmark === true) events.push({ type: "noop", bookmark });
    return events;
  }

  #present(id: string): WatchEvent {
    const resource = this.#collection.get(id);
    return resource === undefined
      ? { type: "destroyed", resource: tombstone({ ...this.#name, id }) }
      : { type: "created", resource };
  }
}
