import { Queue } from "../../async/queue.ts";
import type { SequenceName } from "./sequence.ts";

/** Where the machine is in its life, as MachineStatus names it. */
export type Stage = "booting" | "running" | "rebooting" | "shutting down";

const stages: Readonly<Record<SequenceName, Stage>> = {
  initialize: "booting",
  boot: "booting",
  reboot: "rebooting",
  shutdown: "shutting down",
};

/** Follows the sequences, for the controller that shows the stage. */
export class StageTracker {
  #current: Stage = "booting";
  readonly #listeners = new Set<() => void>();

  get current(): Stage {
    return this.#current;
  }

  enter(sequence: SequenceName): void {
    this.#set(stages[sequence]);
  }

  /** Boot has ended, and nothing else has begun. */
  booted(): void {
    if (this.#current === "booting") this.#set("running");
  }

  /** Yields after every change, until the signal aborts. */
  async *changes(signal: AbortSignal): AsyncGenerator<void, void, undefined> {
    using queue = new Queue<void>(1);
    const listener = () => queue.push();
    const onAbort = () => queue.close();
    this.#listeners.add(listener);
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      if (!signal.aborted) yield* queue;
    } finally {
      this.#listeners.delete(listener);
      signal.removeEventListener("abort", onAbort);
    }
  }

  #set(stage: Stage): void {
    this.#current = stage;
    for (const listener of this.#listeners) listener();
  }
}
