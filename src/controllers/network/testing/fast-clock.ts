import { type DhcpClock, systemClock } from "../../../net/dhcp/alarm.ts";

/**
 * A clock that runs so many times as fast: hours of a lease pass in seconds. A server's answers take as long as ever, so
 * it should be fast only while little is asked.
 */
export class FastClock implements DhcpClock {
  #factor: number;
  #sinceMs = systemClock.now();
  #baseMs = 0;
  readonly #waiting = new Set<() => void>();

  constructor(factor = 1) {
    this.#factor = factor;
  }

  now(): number {
    return this.#baseMs + (systemClock.now() - this.#sinceMs) * this.#factor;
  }

  after(ms: number, callback: () => void): Disposable {
    const timer = systemClock.after(ms / this.#factor, callback);
    this.#waiting.add(callback);
    return {
      [Symbol.dispose]: () => {
        timer[Symbol.dispose]();
        this.#waiting.delete(callback);
      },
    };
  }

  /** From now on it runs so many times as fast; those who wait are woken, to see how long it will take them now. */
  run(factor: number): void {
    this.#baseMs = this.now();
    this.#sinceMs = systemClock.now();
    this.#factor = factor;
    for (const wake of [...this.#waiting]) wake();
  }
}
