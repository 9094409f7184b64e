/**
 * A bounded queue between one producer that must not wait (a kernel event, a state change) and one consumer that
 * iterates. When it overflows the oldest items go, and `dropped` counts them: the consumer resyncs.
 */
export class Queue<T> implements AsyncIterable<T>, Disposable {
  readonly #items: T[] = [];
  readonly #limit: number;
  #wake: (() => void) | undefined;
  #closed = false;
  #error: unknown;
  dropped = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get length(): number {
    return this.#items.length;
  }

  push(item: T): void {
    if (this.#closed) return;
    if (this.#items.length >= this.#limit) {
      this.#items.shift();
      this.dropped += 1;
    }
    this.#items.push(item);
    this.#wake?.();
  }

  /** Ends the iteration after what is already queued; with an error, the iteration throws it. */
  close(error?: unknown): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#error = error;
    this.#wake?.();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    try {
      while (true) {
        while (this.#items.length > 0) yield this.#items.shift() as T;
        if (this.#error !== undefined) throw this.#error;
        if (this.#closed) return;
        const { promise, resolve } = Promise.withResolvers<void>();
        this.#wake = resolve;
        await promise;
        this.#wake = undefined;
      }
    } finally {
      this.close();
    }
  }
}
