/** How a cluster's first member comes to its data. */
export interface Bootstrap {
  /** From the snapshot that was uploaded before; without it etcd begins empty. */
  readonly recover?: {
    /** For a raw copy of a member's database, which has no hash at its end. */
    readonly skipHashCheck: boolean;
  };
}

/**
 * Where etcd's service, which waits while it has no data, meets the call that ends the wait. A machine must not begin a
 * cluster by itself: a second one, or one whose disk was replaced, would begin another of the same name.
 */
export class BootstrapGate {
  #waiting: PromiseWithResolvers<Bootstrap> | undefined;
  #wasOpened = false;
  #refusal: string | undefined;

  /** Somebody waits for the call. */
  get isAwaited(): boolean {
    return this.#waiting !== undefined;
  }

  /** The call has come, in this boot; whether it has led to anything is the service's to tell. */
  get wasOpened(): boolean {
    return this.#wasOpened;
  }

  /** Why the call would be wrong now: there is a cluster, which this machine is about to join. */
  get refusal(): string | undefined {
    return this.#refusal;
  }

  /** The service's side, as it finds a cluster, and as it loses sight of it. */
  refuse(reason: string | undefined): void {
    this.#refusal = reason;
  }

  /** The service's side: resolves with what the call wants. @throws the abort's reason */
  async wait(signal: AbortSignal): Promise<Bootstrap> {
    signal.throwIfAborted();
    const waiting = Promise.withResolvers<Bootstrap>();
    const onAbort = () => waiting.reject(signal.reason);
    this.#waiting = waiting;
    this.#wasOpened = false;
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      return await waiting.promise;
    } finally {
      signal.removeEventListener("abort", onAbort);
      if (this.#waiting === waiting) this.#waiting = undefined;
    }
  }

  /** The call's side. @returns false when nobody waits for it, or it is refused: nothing happens then. */
  open(bootstrap: Bootstrap): boolean {
    if (this.#waiting === undefined || this.#refusal !== undefined) return false;
    this.#waiting.resolve(bootstrap);
    this.#waiting = undefined;
    this.#wasOpened = true;
    return true;
  }
}
