import type { State } from "../../cosi/state.ts";
import { BootProgress } from "../../resources/runtime/boot-progress.ts";
import type { PhaseTiming } from "../sequences/sequence.ts";

/** Records when each phase of boot ran, for `get bootprogress` and for people who wonder where the time went. */
export class BootProgressRecorder {
  readonly #state: State;
  readonly #phases = new Map<string, PhaseTiming>();
  #readyMs: number | undefined;
  #written: Promise<unknown> = Promise.resolve();

  constructor(state: State) {
    this.#state = state;
  }

  /** Remembers a phase; writing follows by itself, in order. */
  record(timing: PhaseTiming): void {
    this.#phases.set(`${timing.sequence}/${timing.phase}`, timing);
    this.#write();
  }

  /** The API answers, so many milliseconds after kernel start. */
  ready(readyMs: number): void {
    this.#readyMs = Math.round(readyMs);
    this.#write();
  }

  #write(): void {
    const phases = [...this.#phases.values()].map(({ sequence, phase, startedMs, endedMs }) => ({
      name: `${sequence}/${phase}`,
      startedMs: Math.round(startedMs),
      ...(endedMs === undefined ? {} : { endedMs: Math.round(endedMs) }),
    }));
    const spec = { phases, ...(this.#readyMs === undefined ? {} : { readyMs: this.#readyMs }) };
    this.#written = this.#written.then(() => this.#state.modify(BootProgress, "boot", () => spec));
  }
}
