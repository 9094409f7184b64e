import { turn } from "./turn.ts";

/** A bell: any number of rings while nobody listens count as one. */
export class Wakeup {
  #rung = false;
  #waiting: (() => void) | undefined;

  ring(): void {
    this.#rung = true;
    this.#waiting?.();
  }

  /**
   * Resolves at the next ring (when one is pending, that), after `limitMs`, or when the signal aborts, and then in its
   * turn. Whoever rings has finished what it is at by then, and who else waits for that has it; all that happens until
   * the turn comes is one ring.
   */
  async wait(signal: AbortSignal, limitMs = Number.POSITIVE_INFINITY): Promise<void> {
    if (!this.#rung && !signal.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting = resolve;
      signal.addEventListener("abort", this.#answer, { once: true });
      const timer = Number.isFinite(limitMs) ? setTimeout(resolve, Math.min(limitMs, longestTimerMs)) : undefined;
      await promise;
      clearTimeout(timer);
      signal.removeEventListener("abort", this.#answer);
      this.#waiting = undefined;
    }
    await turn();
    this.#rung = false;
  }

  readonly #answer = (): void => this.#waiting?.();
}

/** setTimeout takes 31 bits; a longer wait just looks around once in 24 days. */
const longestTimerMs = 2 ** 31 - 1;
