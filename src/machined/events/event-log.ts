import { Notice } from "../../async/notice.ts";
import type { EventLog, EventMessage, EventSelection, RecordedEvent } from "../machine.ts";
import { createXidMaker } from "./xid.ts";

const CAPACITY = 1_000;

/** The machine's events: a ring in memory, read from any recorded point on. */
export class RingEventLog implements EventLog {
  readonly #events: RecordedEvent[] = [];
  /** Sequence number of the first event held. */
  #first = 0;
  readonly #nextId: () => string;
  readonly #now: () => Date;
  readonly #written = new Notice();

  constructor(options: { readonly now?: () => Date } = {}) {
    this.#now = options.now ?? (() => new Date());
    this.#nextId = createXidMaker(this.#now);
  }

  publish({ kind, value }: EventMessage, actorId = ""): void {
    this.#events.push({ id: this.#nextId(), actorId, kind, value, at: this.#now() });
    if (this.#events.length > CAPACITY) {
      this.#events.shift();
      this.#first += 1;
    }
    this.#written.post();
  }

  /** Events from the selected point on, for ever. A reader that falls a whole ring behind misses the oldest. */
  async *subscribe(selection: EventSelection): AsyncGenerator<RecordedEvent, void, undefined> {
    const { signal, actorId } = selection;
    let next = this.#start(selection);
    while (!signal.aborted) {
      next = Math.max(next, this.#first);
      const event = this.#events[next - this.#first];
      if (event === undefined) {
        await this.#written.next(signal);
        continue;
      }
      next += 1;
      if (actorId === undefined || actorId === "" || event.actorId === actorId) yield event;
    }
  }

  #start({ tailEvents, tailId, tailSeconds, actorId }: EventSelection): number {
    const end = this.#first + this.#events.length;
    if (tailId !== undefined && tailId !== "") {
      const at = this.#events.findIndex(({ id }) => id > tailId);
      return at < 0 ? end : this.#first + at;
    }
    if (tailSeconds !== undefined && tailSeconds > 0) {
      const since = this.#now().getTime() - tailSeconds * 1_000;
      const at = this.#events.findIndex((event) => event.at.getTime() >= since);
      return at < 0 ? end : this.#first + at;
    }
    if (tailEvents === undefined || tailEvents === 0) return end;
    if (tailEvents < 0) return this.#first;
    // N events of this actor, not N events of which some are this actor's.
    let left = tailEvents;
    for (let at = this.#events.length - 1; at >= 0; at -= 1) {
      if (actorId && this.#events[at]?.actorId !== actorId) continue;
      left -= 1;
      if (left === 0) return this.#first + at;
    }
    return this.#first;
  }
}
