import { close, OpenFlag, pipe } from "../../linux/file-descriptor.ts";
import { watchReadable } from "../../linux/readiness.ts";

/** What somebody said who asked to be waited for. */
export interface Inhibition {
  /** Such as `shutdown` or `shutdown:sleep`. */
  readonly what: string;
  readonly who: string;
  readonly why: string;
  /** `delay`: for a while; `block`: for ever, which nobody may. */
  readonly mode: string;
}

/** Somebody whom the end of the machine waits for: as long as they hold their end of a pipe open. */
export class Inhibitor implements Disposable {
  readonly inhibition: Inhibition;
  readonly #readable: number;
  readonly #watch: Disposable;
  readonly #onReleased: (inhibitor: Inhibitor) => void;
  #isHeld = true;

  /** @param hand gives the client a copy of its end; ours is closed after it */
  constructor(inhibition: Inhibition, hand: (end: number) => void, onReleased: (inhibitor: Inhibitor) => void) {
    this.inhibition = inhibition;
    this.#onReleased = onReleased;
    const { readable, writable } = pipe(OpenFlag.nonBlocking);
    this.#readable = readable;
    try {
      hand(writable);
    } finally {
      close(writable);
    }
    // Nobody writes into it: when it becomes readable, the last end to write to is closed.
    this.#watch = watchReadable(readable, () => this[Symbol.dispose]());
  }

  [Symbol.dispose](): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.#watch[Symbol.dispose]();
    close(this.#readable);
    this.#onReleased(this);
  }
}
