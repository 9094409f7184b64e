import { Notice } from "./notice.ts";

/** Tells one listener that something happened, however often it did since the listener last looked. */
export class Doorbell {
  readonly #notice = new Notice();
  #rung = false;

  ring(): void {
    this.#rung = true;
    this.#notice.post();
  }

  /** One item for any number of rings since the one before, until `signal` aborts. */
  async *rings(signal: AbortSignal): AsyncGenerator<void, void, undefined> {
    while (!signal.aborted) {
      if (!this.#rung) await this.#notice.next(signal);
      // Before the listener acts: a ring while it does is another one.
      this.#rung = false;
      if (!signal.aborted) yield;
    }
  }
}
