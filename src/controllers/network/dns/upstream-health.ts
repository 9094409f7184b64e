import { Doorbell } from "../../../async/doorbell.ts";

/** Which DNS servers answer: those who ask know, those who show it want to hear of it. */
export class UpstreamHealth {
  readonly #silent = new Set<string>();
  readonly #changed = new Doorbell();

  /** @param server address with port */
  isHealthy(server: string): boolean {
    return !this.#silent.has(server);
  }

  note(server: string, healthy: boolean): void {
    if (healthy) this.#silent.delete(server);
    else this.#silent.add(server);
    this.#changed.ring();
  }

  /** Keeps nothing of servers that nobody asks any more. */
  keepOnly(servers: ReadonlySet<string>): void {
    for (const server of this.#silent) if (!servers.has(server)) this.#silent.delete(server);
  }

  changes(signal: AbortSignal): AsyncIterable<void> {
    return this.#changed.rings(signal);
  }
}
