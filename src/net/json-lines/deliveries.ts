import { type DeliverOptions, type Destination, deliver } from "./deliver.ts";
import type { LogEvent } from "./event.ts";
import type { Journal } from "./journal.ts";
import { Place } from "./place.ts";

interface Running {
  readonly url: string;
  readonly place: Place;
  readonly stopping: AbortController;
}

/** Sends one journal to any number of collectors, which may change. Each has its own place in the journal. */
export class Deliveries implements Disposable {
  readonly #journal: Journal<LogEvent>;
  readonly #log: DeliverOptions["log"];
  readonly #running = new Map<string, Running>();

  constructor(journal: Journal<LogEvent>, log: DeliverOptions["log"]) {
    this.#journal = journal;
    this.#log = log;
  }

  /**
   * From now on these, and no others. Those that stay are not disturbed, and one that only gets other tags goes on
   * where it was; a new one gets all that is held.
   */
  use(destinations: readonly Destination[]): void {
    const wanted = new Map(destinations.map((destination) => [JSON.stringify(destination), destination]));
    const ended = [...this.#running].filter(([key]) => !wanted.has(key));
    for (const [key, { stopping }] of ended) {
      stopping.abort();
      this.#running.delete(key);
    }
    for (const [key, destination] of wanted) {
      if (this.#running.has(key)) continue;
      const { url } = destination;
      const before = ended.find(([, running]) => running.url === url)?.[1].place.next;
      const running = { url, place: new Place(before ?? this.#journal.start), stopping: new AbortController() };
      this.#running.set(key, running);
      const { place, stopping } = running;
      void deliver(this.#journal, destination, { place, signal: stopping.signal, log: this.#log });
    }
  }

  [Symbol.dispose](): void {
    this.use([]);
  }
}
