import type { GivenAddress } from "./association.ts";

/** More than any network gives; renewals may add to those that are there. */
const addressLimit = 16;

/** The addresses that a client has, each until its own end. */
export class HeldAddresses {
  /** When each ends. */
  readonly #endsMs = new Map<string, number>();

  get isEmpty(): boolean {
    return this.#endsMs.size === 0;
  }

  get all(): readonly string[] {
    return [...this.#endsMs.keys()];
  }

  /** When the first of them ends; Infinity when none does. */
  get firstEndMs(): number {
    return Math.min(...this.#endsMs.values());
  }

  has(address: string): boolean {
    return this.#endsMs.has(address);
  }

  /** Takes what a server gives, or gives anew. */
  take(given: readonly GivenAddress[], nowMs: number): void {
    for (const { address, validSeconds } of given) {
      if (this.#endsMs.size >= addressLimit && !this.has(address)) continue;
      this.#endsMs.set(address, nowMs + validSeconds * 1_000);
    }
  }

  drop(addresses: readonly string[]): void {
    for (const address of addresses) this.#endsMs.delete(address);
  }

  /** Those whose end has come. */
  endedBy(nowMs: number): readonly string[] {
    return [...this.#endsMs].filter(([, endMs]) => nowMs >= endMs).map(([address]) => address);
  }
}
