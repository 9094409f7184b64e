import { type DhcpClock, systemClock } from "../../../net/dhcp/alarm.ts";

/** A clock that runs so many times as fast: hours of a lease pass in seconds. */
export class FastClock implements DhcpClock {
  readonly #factor: number;

  constructor(factor: number) {
    this.#factor = factor;
  }

  now(): number {
    return systemClock.now() * this.#factor;
  }

  after(ms: number, callback: () => void): Disposable {
    return systemClock.after(ms / this.#factor, callback);
  }
}
