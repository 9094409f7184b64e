import type { Destination } from "../../net/json-lines/deliver.ts";
import { Deliveries } from "../../net/json-lines/deliveries.ts";
import type { LogEvent } from "../../net/json-lines/event.ts";
import { Journal } from "../../net/json-lines/journal.ts";
import { parseLine } from "../../net/json-lines/parse-line.ts";
import type { Log } from "../machine.ts";

const limits = { entries: 8_192, bytes: 2 * 1_024 * 1_024 };
/** A line that does not end is cut: it may be binary, or a program gone mad. */
const longestLine = 16 * 1_024;

/**
 * The lines of all services' logs, on their way to the collectors that the configuration names. Until there is a
 * configuration lines are kept, so that the beginning is not missing; without collectors nothing is.
 */
export class ServiceLines {
  readonly #journal = new Journal<LogEvent>(limits);
  readonly #deliveries: Deliveries;
  readonly #unfinished = new Map<string, { readonly decoder: TextDecoder; text: string }>();
  #keeps = true;

  constructor(log: Log) {
    this.#deliveries = new Deliveries(this.#journal, log);
  }

  /** From now on lines go to these collectors. */
  use(destinations: readonly Destination[]): void {
    this.#keeps = destinations.length > 0;
    if (!this.#keeps) {
      this.#journal.clear();
      this.#unfinished.clear();
    }
    this.#deliveries.use(destinations);
  }

  /** Takes what a service has written; lines may come in pieces. */
  write(service: string, bytes: Uint8Array): void {
    if (!this.#keeps) return;
    const state = this.#unfinished.getOrInsertComputed(service, () => ({ decoder: new TextDecoder(), text: "" }));
    const lines = `${state.text}${state.decoder.decode(bytes, { stream: true })}`.split("\n");
    state.text = lines.pop() ?? "";
    if (state.text.length > longestLine) {
      lines.push(state.text);
      state.text = "";
    }
    const now = new Date();
    for (const line of lines) {
      const text = line.slice(0, longestLine).replace(/\r$/, "");
      if (text === "") continue;
      const { fields, ...event } = parseLine(text, now);
      this.#journal.write({ ...event, fields: { ...fields, "talos-service": service } }, text.length);
    }
  }
}
