/**
 * The kernel takes lines for a collector that has just gone, and says so only when that is known: what was sent in the
 * last second or two before a break goes again. Twice is better than never.
 */
const unsureMs = 1_000;

/** How far a reader of a journal has come, and how much of that is sure. */
export class Place {
  readonly #now: () => number;
  #next: number;
  /** What is before has been sent long ago. */
  #sure: number;
  #mark: { readonly next: number; readonly atMs: number };
  #sentAtMs: number;

  /** @param now milliseconds of a clock that nobody sets; injected by tests. */
  constructor(next: number, now: () => number = () => performance.now()) {
    this.#now = now;
    this.#next = next;
    this.#sure = next;
    this.#mark = { next, atMs: now() };
    this.#sentAtMs = now();
  }

  /** The number of the next entry to send. */
  get next(): number {
    return this.#next;
  }

  sent(next: number): void {
    const atMs = this.#now();
    if (atMs - this.#mark.atMs > unsureMs) {
      this.#sure = this.#mark.next;
      this.#mark = { next, atMs };
    }
    this.#next = next;
    this.#sentAtMs = atMs;
  }

  /** The way broke: goes back to what is sure, as far as it is still held. */
  goBack(oldestHeld: number): void {
    const isSure = this.#now() - this.#sentAtMs > unsureMs;
    this.#sure = isSure ? this.#next : Math.max(this.#sure, Math.min(this.#next, oldestHeld));
    this.#next = this.#sure;
    this.#mark = { next: this.#sure, atMs: this.#now() };
  }
}
