export interface DhcpClock {
  /** Milliseconds on a clock that never jumps. */
  now(): number;
  /** Calls back once after `ms`, unless disposed of first. */
  after(ms: number, callback: () => void): Disposable;
}

/** The longest wait setTimeout can take; longer ones are waited for in pieces. */
const longestTimerMs = 2 ** 31 - 1;

export const systemClock: DhcpClock = {
  now: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, Math.min(ms, longestTimerMs));
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  },
};

/** One moment to be woken at; setting another replaces it. */
export class Alarm implements Disposable {
  readonly #clock: DhcpClock;
  readonly #wake: () => void;
  #timer: Disposable | undefined;

  constructor(clock: DhcpClock, wake: () => void) {
    this.#clock = clock;
    this.#wake = wake;
  }

  /** @param atMs on the alarm's clock; Infinity: never */
  set(atMs: number): void {
    this[Symbol.dispose]();
    if (atMs === Number.POSITIVE_INFINITY) return;
    this.#timer = this.#clock.after(Math.max(0, atMs - this.#clock.now()), () => {
      if (this.#clock.now() < atMs) this.set(atMs);
      else this.#wake();
    });
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
  }
}
