import type { State } from "../../cosi/state.ts";
import { BootProgress } from "../../resources/runtime/boot-progress.ts";
import type { PhaseTiming } from "../sequences/sequence.ts";

/** Records when each phase of boot ran, for `get bootprogress` and for people who wonder where the time went. */
export class BootProgressRecorder {
  readonly #state: State;
  readonly #phases = new Map<string, PhaseTiming>();
  #written: Promise<unknown> = Promise.resolve();

  constructor(state: State) {
    this.#state = state;
  }

  /** Remembers a phase; writing follows by itself, in order. */
  record(timing: PhaseTiming): void {
    this.#phases.set(`${timing.sequence}/${timing.phase}`, timing);
    const phases = [...this.#phases.values()].map(({ sequence, phase, startedMs, endedMs }) => ({
      name: `${sequence}/${phase}`,
      startedMs: Math.round(startedMs),
      ...(endedMs === undefined ? {} : { endedMs: Math.round(endedMs) }),
    }));
    this.#written = this.#written.then(() => this.#state.modify(BootProgress, "boot", () => ({ phases })));
  }
}
