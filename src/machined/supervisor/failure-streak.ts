/** A run that lasted so long was not part of a crash loop. */
const steadyRunMs = 60_000;
/** Failures in a row that make a crash loop. */
const loopBeginsAt = 3;
/** By how much a crash loop lengthens the pause at most. */
const longestPauses = 6;

/** A service's failures in a row: how long to pause after them, and when to tell of them. */
export class FailureStreak {
  readonly #pauseMs: number;
  #count = 0;

  /** @param pauseMs after a failure that is none of a crash loop */
  constructor(pauseMs: number) {
    this.#pauseMs = pauseMs;
  }

  get count(): number {
    return this.#count;
  }

  /** It is started in vain, again and again. */
  get isLoop(): boolean {
    return this.#count >= loopBeginsAt;
  }

  /** At the third failure, then ever more rarely: the console stays readable. */
  get isToBeTold(): boolean {
    const isPowerOfTwo = (this.#count & (this.#count - 1)) === 0;
    return this.isLoop && (this.#count === loopBeginsAt || isPowerOfTwo);
  }

  /** Before the next start; in a crash loop twice as long each time, as each start takes processors from the others. */
  get pauseMs(): number {
    return this.#pauseMs * Math.min(longestPauses, 2 ** Math.max(0, this.#count - loopBeginsAt));
  }

  /** @param ranMs how long the run had lasted that failed */
  add(ranMs: number): void {
    this.#count = ranMs >= steadyRunMs ? 1 : this.#count + 1;
  }

  /** What it is made from is another now: the next start is a new attempt. */
  reset(): void {
    this.#count = 0;
  }
}
