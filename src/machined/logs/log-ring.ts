import { Notice } from "../../async/notice.ts";
import { ByteRing } from "../../async/ring.ts";
import type { LogReadOptions, LogRing } from "../machine.ts";

const NEWLINE = 0x0a;
/** Answers are streamed to other machines in messages of at most this size. */
const CHUNK_BYTES = 32 * 1_024;

/** A service's log in memory. Readers pull: one that is slow costs nothing, and skips what was overwritten. */
export class MemoryLogRing implements LogRing {
  readonly #ring: ByteRing;
  readonly #written = new Notice();
  readonly #onWrite: ((bytes: Uint8Array) => void) | undefined;

  /** @param onWrite hears of everything that is written, since a reader of the ring may miss some. */
  constructor(capacityBytes: number, onWrite?: (bytes: Uint8Array) => void) {
    this.#ring = new ByteRing(capacityBytes);
    this.#onWrite = onWrite;
  }

  write(bytes: Uint8Array): void {
    this.#onWrite?.(bytes);
    this.#ring.write(bytes);
    this.#written.post();
  }

  async *read({ follow = false, tailLines = -1, signal }: LogReadOptions = {}): AsyncGenerator<Uint8Array, void> {
    let offset = tailLines < 0 ? this.#ring.start : this.#offsetOfLastLines(tailLines);
    while (!signal?.aborted) {
      offset = Math.max(offset, this.#ring.start);
      const chunk = this.#ring.read(offset, CHUNK_BYTES);
      offset += chunk.length;
      if (chunk.length > 0) yield chunk;
      else if (!follow) return;
      else await this.#written.next(signal);
    }
  }

  lastLines(count: number): readonly string[] {
    const text = new TextDecoder().decode(this.#ring.read(this.#offsetOfLastLines(count)));
    return text.split("\n").filter((line) => line !== "");
  }

  #offsetOfLastLines(count: number): number {
    if (count === 0) return this.#ring.end;
    const held = this.#ring.read(this.#ring.start);
    // The newline that ends the last line does not begin another one.
    let at = held.length - (held[held.length - 1] === NEWLINE ? 1 : 0);
    for (let left = count; left > 0; left -= 1) {
      at = at === 0 ? -1 : held.lastIndexOf(NEWLINE, at - 1);
      if (at < 0) return this.#ring.start;
    }
    return this.#ring.start + at + 1;
  }
}
