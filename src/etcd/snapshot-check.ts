const hashBytes = 32;
/** Databases consist of pages, which are multiples of this. */
const pageBytes = 512;

/** Reads a snapshot as it passes, and compares the database with the hash that follows it. */
export class SnapshotCheck {
  readonly #hash = new Bun.CryptoHasher("sha256");
  /** The newest bytes, which may be the hash. */
  #held: Uint8Array = new Uint8Array();
  #bytes = 0;

  /** How many have passed, the hash included. */
  get bytes(): number {
    return this.#bytes;
  }

  push(chunk: Uint8Array): void {
    this.#bytes += chunk.length;
    const all = Buffer.concat([this.#held, chunk]);
    const passed = Math.max(0, all.length - hashBytes);
    this.#hash.update(all.subarray(0, passed));
    this.#held = all.subarray(passed);
  }

  /** To be asked once, at the end. @returns what is wrong; undefined when all is well. */
  problem(): string | undefined {
    if (this.#bytes % pageBytes !== hashBytes) return `it has no hash at its end (${this.#bytes} bytes)`;
    return this.#hash.digest().equals(this.#held) ? undefined : "its hash does not fit: it was damaged on the way";
  }
}
