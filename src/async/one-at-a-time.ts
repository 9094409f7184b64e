import { Failure } from "../errors/failure.ts";

/**
 * Runs work in the order it came, each when the one before has ended, however it ended.
 * Who comes while `limit` others wait is turned away.
 */
export class OneAtATime {
  readonly #limit: number;
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** @throws what the work throws, or Failure when too many wait. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#waiting > this.#limit) throw new Failure(`Cannot wait for a turn: ${this.#limit} others wait already`);
    this.#waiting += 1;
    const done = this.#last.then(work).finally(() => {
      this.#waiting -= 1;
    });
    // Whoever is next waits for the end, good or bad; the error itself is the caller's.
    this.#last = done.catch(() => {});
    return await done;
  }
}
