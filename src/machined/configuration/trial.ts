import type { MachineConfig } from "../../config/index.ts";

/** A config that is tried: in force until its time is over, unless somebody decides otherwise before. */
export class Trial implements Disposable {
  /** What is in force again when the trial is over. */
  readonly before: MachineConfig;
  readonly #timer: ReturnType<typeof setTimeout>;

  constructor(before: MachineConfig, timeoutMs: number, onOver: (trial: Trial) => void) {
    this.before = before;
    this.#timer = setTimeout(() => onOver(this), timeoutMs);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}
