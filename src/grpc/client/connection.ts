import type { ClientHttp2Session } from "node:http2";
import { connectSession } from "../http2/connect-session.ts";
import { Code, StatusError } from "../status.ts";
import type { Target } from "../target.ts";

/**
 * A connection to the first of several equal servers that answers. Made when first asked for; when it breaks, the
 * next call makes another, and begins with the server that answered last.
 */
export class Connection implements Disposable {
  readonly #targets: readonly Target[];
  readonly #timeoutMs: number | undefined;
  readonly #closing = new AbortController();
  #preferred = 0;
  #session: Promise<ClientHttp2Session> | undefined;

  /** @param targets at least one. @param timeoutMs how long each may take to answer. */
  constructor(targets: readonly Target[], timeoutMs?: number) {
    this.#targets = targets;
    this.#timeoutMs = timeoutMs;
  }

  /** @throws StatusError of the server tried last when none of them answers. */
  session(): Promise<ClientHttp2Session> {
    this.#session ??= this.#connect();
    return this.#session;
  }

  async #connect(): Promise<ClientHttp2Session> {
    try {
      const session = await this.#connectToAny();
      const forget = () => this.#forget();
      session.once("close", forget);
      session.once("goaway", forget);
      return session;
    } catch (thrown) {
      this.#forget();
      throw thrown;
    }
  }

  async #connectToAny(): Promise<ClientHttp2Session> {
    let failure: unknown = new StatusError(Code.unavailable, "Cannot connect: no server was given");
    for (let tried = 0; tried < this.#targets.length; tried += 1) {
      const at = (this.#preferred + tried) % this.#targets.length;
      const target = this.#targets[at];
      if (target === undefined) continue;
      try {
        const session = await connectSession(target, this.#closing.signal, this.#timeoutMs);
        this.#preferred = at;
        return session;
      } catch (thrown) {
        failure = thrown;
      }
    }
    throw failure;
  }

  #forget(): void {
    this.#session = undefined;
  }

  /** Ends the calls that are still open. */
  [Symbol.dispose](): void {
    this.#closing.abort();
    this.#session?.then((session) => session.destroy()).catch(() => undefined);
    this.#session = undefined;
  }
}
