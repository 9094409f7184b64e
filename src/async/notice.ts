/**
 * Tells all who wait that there is something new. A wait leaves nothing behind: racing the next notice against a
 * promise that lives as long as its reader would add to that promise with every notice.
 */
export class Notice {
  readonly #waiting = new Set<() => void>();

  /** How many wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  post(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of waiting) wake();
  }

  /** Resolves at the next notice, or when the signal aborts. */
  async next(signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = () => resolve();
    this.#waiting.add(wake);
    signal?.addEventListener("abort", wake, { once: true });
    await promise;
    this.#waiting.delete(wake);
    signal?.removeEventListener("abort", wake);
  }
}
