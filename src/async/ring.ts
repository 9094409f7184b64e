/** The last `capacity` bytes of an endless stream, such as a service's log. */
export class ByteRing {
  readonly #bytes: Uint8Array;
  #written = 0;

  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity);
  }

  /** Bytes ever written: the offset of the next byte. */
  get end(): number {
    return this.#written;
  }

  /** Offset of the oldest byte still held. */
  get start(): number {
    return Math.max(0, this.#written - this.#bytes.length);
  }

  write(chunk: Uint8Array): void {
    const capacity = this.#bytes.length;
    const kept = chunk.length > capacity ? chunk.subarray(chunk.length - capacity) : chunk;
    const at = (this.#written + chunk.length - kept.length) % capacity;
    const head = kept.subarray(0, capacity - at);
    this.#bytes.set(head, at);
    this.#bytes.set(kept.subarray(head.length), 0);
    this.#written += chunk.length;
  }

  /** A copy of what is held from `offset` on, clamped to what is still there. */
  read(offset: number, limit = Number.POSITIVE_INFINITY): Uint8Array {
    const from = Math.max(offset, this.start);
    const length = Math.max(0, Math.min(this.#written - from, limit));
    const copy = new Uint8Array(length);
    const at = from % this.#bytes.length;
    const head = this.#bytes.subarray(at, Math.min(at + length, this.#bytes.length));
    copy.set(head, 0);
    copy.set(this.#bytes.subarray(0, length - head.length), head.length);
    return copy;
  }
}
