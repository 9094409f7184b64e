import { RateLimit } from "../../async/rate-limit.ts";
import type { Log } from "../machine.ts";

/** What a serial line at 115,200 baud can take, about. */
const linesPerSecond = 50;
const burst = 200;
const longestLine = 1_000;
/** These are on the console anyway, or too many. */
const ownLogs: ReadonlySet<string> = new Set(["machined", "controller-runtime"]);

/**
 * What services write, on the console too, while `debug` of the configuration says so. A line is written when the console
 * has taken it, and PID 1 waits for that: whatever comes too fast is left out, and counted.
 */
export class ConsoleLines {
  readonly #log: Log;
  readonly #limit: RateLimit;
  readonly #unfinished = new Map<string, { readonly decoder: TextDecoder; text: string }>();
  #enabled = false;
  #leftOut = 0;

  constructor(log: Log, now?: () => number) {
    this.#log = log;
    this.#limit = new RateLimit({ burst, intervalMs: 1_000 / linesPerSecond, peers: 1, ...(now && { now }) });
  }

  set enabled(enabled: boolean) {
    this.#enabled = enabled;
    this.#unfinished.clear();
  }

  /** Takes what a service has written; lines may come in pieces. */
  write(service: string, bytes: Uint8Array): void {
    if (!this.#enabled || ownLogs.has(service)) return;
    const state = this.#unfinished.getOrInsertComputed(service, () => ({ decoder: new TextDecoder(), text: "" }));
    const lines = `${state.text}${state.decoder.decode(bytes, { stream: true })}`.split("\n");
    state.text = (lines.pop() ?? "").slice(0, longestLine);
    for (const line of lines) if (line.trim() !== "") this.#show(`${service}: ${line.slice(0, longestLine)}`);
  }

  #show(text: string): void {
    if (!this.#limit.allow("console")) {
      this.#leftOut += 1;
      return;
    }
    if (this.#leftOut > 0) this.#log("info", `${this.#leftOut} lines of services are left out here`);
    this.#leftOut = 0;
    this.#log("info", text);
  }
}
