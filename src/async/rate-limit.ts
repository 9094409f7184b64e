export interface RateLimitOptions {
  /** How many may come at once. */
  readonly burst: number;
  /** How often another is allowed after those. */
  readonly intervalMs: number;
  /** How many peers are remembered; those seen longest ago are forgotten first. */
  readonly peers: number;
  /** Monotonic clock in whole milliseconds, whose sums are exact; injected by tests. */
  readonly now?: () => number;
}

/** A token bucket per peer, so that nobody can try tokens faster than a slow few. */
export class RateLimit {
  readonly #options: Required<RateLimitOptions>;
  /** When each peer's bucket will be full again, in the order they were last seen. */
  readonly #fullAt = new Map<string, number>();

  constructor(options: RateLimitOptions) {
    this.#options = { now: () => Math.floor(performance.now()), ...options };
  }

  /** Takes a token from the peer's bucket; false when it is empty. */
  allow(peer: string): boolean {
    const { burst, intervalMs, peers, now } = this.#options;
    const at = now();
    const fullAt = Math.max(at, this.#fullAt.get(peer) ?? at) + intervalMs;
    if (fullAt - at > burst * intervalMs) return false;
    this.#fullAt.delete(peer);
    this.#fullAt.set(peer, fullAt);
    for (const oldest of this.#fullAt.keys()) {
      if (this.#fullAt.size <= peers) break;
      this.#fullAt.delete(oldest);
    }
    return true;
  }
}
