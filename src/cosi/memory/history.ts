import type { Resource } from "../resource.ts";
import { encodeBookmark } from "./bookmark.ts";

/** A change at its place in history. One object serves all watchers, so that a change costs the same with many. */
export class Change {
  readonly type: "created" | "updated" | "destroyed";
  readonly resource: Resource;
  readonly old: Resource | undefined;
  readonly position: number;

  constructor(position: number, type: Change["type"], resource: Resource, old?: Resource) {
    this.position = position;
    this.type = type;
    this.resource = resource;
    this.old = old;
  }

  get bookmark(): Uint8Array {
    return encodeBookmark(this.position);
  }
}

/** How many changes a collection remembers: what a slow watcher may lag behind, and how far bookmarks reach back. */
const capacity = 1024;
/** A watch that starts at the very end of the ring would be overrun by the next change. */
const gap = 4;

/** The latest changes of one collection; positions count from 0 and never repeat. */
export class History {
  readonly #ring: Change[] = [];
  #end = 0;

  /** Position of the next change. */
  get end(): number {
    return this.#end;
  }

  /** Oldest position that a new watch may start from. */
  get start(): number {
    return Math.max(0, this.#end - capacity + gap);
  }

  append(type: Change["type"], resource: Resource, old?: Resource): Change {
    const change = new Change(this.#end, type, resource, old);
    this.#ring[this.#end % capacity] = change;
    this.#end += 1;
    return change;
  }

  /** The change at a position, or `undefined` when it has been overwritten or is still to come. */
  at(position: number): Change | undefined {
    const change = this.#ring[position % capacity];
    return change?.position === position ? change : undefined;
  }
}
