/** How long to wait before the next try. All in milliseconds. */
export interface BackoffOptions {
  readonly initialMs: number;
  readonly maximumMs: number;
  /** Growth per try; 2 doubles. */
  readonly factor?: number;
  /** Share of the pause that is random, 0 to 1, so that a fleet does not retry in step. */
  readonly jitter?: number;
  /** Source of randomness in [0, 1); injected by tests. */
  readonly random?: () => number;
}

/** Exponential back-off with jitter. One instance per thing that is retried. */
export class Backoff {
  readonly #options: Required<BackoffOptions>;
  #attempts = 0;

  constructor(options: BackoffOptions) {
    this.#options = { factor: 2, jitter: 0.1, random: Math.random, ...options };
  }

  /** The pause before the next try; grows with every call until `reset`. */
  next(): number {
    const { initialMs, maximumMs, factor, jitter, random } = this.#options;
    const pause = Math.min(maximumMs, initialMs * factor ** this.#attempts);
    this.#attempts += 1;
    return Math.min(maximumMs, pause * (1 + jitter * (2 * random() - 1)));
  }

  reset(): void {
    this.#attempts = 0;
  }
}
