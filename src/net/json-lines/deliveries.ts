import { type DeliverOptions, type Destination, deliver } from "./deliver.ts";
import type { LogEvent } from "./event.ts";
import type { Journal } from "./journal.ts";

/** Sends one journal to any number of collectors, which may change. Each has its own place in the journal. */
export class Deliveries implements Disposable {
  readonly #journal: Journal<LogEvent>;
  readonly #log: DeliverOptions["log"];
  readonly #running = new Map<string, AbortController>();

  constructor(journal: Journal<LogEvent>, log: DeliverOptions["log"]) {
    this.#journal = journal;
    this.#log = log;
  }

  /** From now on these, and no others; those that stay are not disturbed. */
  use(destinations: readonly Destination[]): void {
    const wanted = new Map(destinations.map((destination) => [JSON.stringify(destination), destination]));
    for (const [key, stopping] of this.#running) {
      if (wanted.has(key)) continue;
      stopping.abort();
      this.#running.delete(key);
    }
    for (const [key, destination] of wanted) {
      if (this.#running.has(key)) continue;
      const stopping = new AbortController();
      this.#running.set(key, stopping);
      void deliver(this.#journal, destination, { signal: stopping.signal, log: this.#log });
    }
  }

  [Symbol.dispose](): void {
    this.use([]);
  }
}
