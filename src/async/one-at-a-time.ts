/** Runs work in the order it came, each when the one before has ended, however it ended. */
export class OneAtATime {
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  /** Works that have not ended, for callers that must turn somebody away. */
  get length(): number {
    return this.#waiting;
  }

  /** @throws what the work throws. */
  run<T>(work: () => Promise<T>): Promise<T> {
    this.#waiting += 1;
    const done = this.#last.then(work).finally(() => {
      this.#waiting -= 1;
    });
    // Whoever is next waits for the end, good or bad; the error itself is the caller's.
    this.#last = done.then(
      () => {},
      () => {},
    );
    return done;
  }
}
