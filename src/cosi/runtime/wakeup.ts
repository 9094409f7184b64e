/** A bell: any number of rings while nobody listens count as one. */
export class Wakeup {
  #rung = false;
  #waiting: (() => void) | undefined;

  ring(): void {
    this.#rung = true;
    this.#waiting?.();
  }

  /** Resolves at the next ring (at once when one is pending), after `limitMs`, or when the signal aborts. */
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
    this.#rung = false;
  }

  readonly #answer = (): void => this.#waiting?.();
}

/** setTimeout takes 31 bits; a longer wait just looks around once in 24 days. */
const longestTimerMs = 2 ** 31 - 1;
