import { Doorbell } from "./doorbell.ts";

/** A value that one side sets and one listener follows: it is told the newest, however many it missed. */
export class Latest<T> {
  readonly #changed = new Doorbell();
  #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  get value(): T {
    return this.#value;
  }

  set(value: T): void {
    if (value === this.#value) return;
    this.#value = value;
    this.#changed.ring();
  }

  /** The newest value after each time that it was set, until `signal` aborts. */
  async *changes(signal: AbortSignal): AsyncGenerator<T, void, undefined> {
    for await (const _ of this.#changed.rings(signal)) yield this.#value;
  }
}
