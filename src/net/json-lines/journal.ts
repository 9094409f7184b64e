import { Notice } from "../../async/notice.ts";

export interface JournalLimits {
  readonly entries: number;
  /** Of all entries together, as their writer counts. */
  readonly bytes: number;
}

/** What a reader gets, and where it goes on. */
export interface JournalPart<T> {
  readonly entries: readonly T[];
  /** The number of the entry after these. */
  readonly next: number;
  /** Entries that the reader wanted, and that are held no more. */
  readonly lost: number;
}

/**
 * The latest entries, numbered from 0, for any number of readers that each keep their place. A reader that is slow
 * costs nothing: it loses the oldest, and learns how many.
 */
export class Journal<T> {
  readonly #limits: JournalLimits;
  readonly #written = new Notice();
  #entries: { readonly entry: T; readonly bytes: number }[] = [];
  #bytes = 0;
  #start = 0;

  constructor(limits: JournalLimits) {
    this.#limits = limits;
  }

  /** The number of the oldest entry held. */
  get start(): number {
    return this.#start;
  }

  /** The number of the next entry. */
  get end(): number {
    return this.#start + this.#entries.length;
  }

  write(entry: T, bytes: number): void {
    this.#entries.push({ entry, bytes });
    this.#bytes += bytes;
    let dropped = 0;
    while (this.#entries.length - dropped > this.#limits.entries || this.#bytes > this.#limits.bytes) {
      this.#bytes -= this.#entries[dropped]?.bytes ?? 0;
      dropped += 1;
    }
    if (dropped > 0) this.#drop(dropped);
    this.#written.post();
  }

  /** At most `limit` entries from a number on; none when there is nothing new. */
  read(from: number, limit: number): JournalPart<T> {
    const first = Math.max(from, this.#start);
    const at = first - this.#start;
    const entries = this.#entries.slice(at, at + limit).map(({ entry }) => entry);
    return { entries, next: first + entries.length, lost: first - from };
  }

  /** Resolves when an entry of that number is there, or the signal aborts. */
  async until(number: number, signal: AbortSignal): Promise<void> {
    while (this.end <= number && !signal.aborted) await this.#written.next(signal);
  }

  /** Forgets what is held. */
  clear(): void {
    this.#drop(this.#entries.length);
    this.#bytes = 0;
  }

  #drop(count: number): void {
    this.#entries.splice(0, count);
    this.#start += count;
  }
}
