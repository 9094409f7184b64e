import { isIP } from "node:net";
import { Doorbell } from "../../../async/doorbell.ts";
import { messageOf } from "../../../errors/message.ts";
import { resolveHost } from "../../../net/resolve-host.ts";

/** What is known of a peer's host: its address, or why it has none; undefined while that is being asked. */
export type PeerHost = { readonly address: string } | { readonly problem: string } | undefined;

/** As many names are remembered: who has more peers gives addresses. */
const mostNames = 1_024;
const resolveTimeoutMs = 30_000;

/**
 * Addresses of peers that are named. Asked in the background, since the way to the DNS server may be the next link that
 * is to be made; `changes` tells when an answer has come.
 */
export class PeerNames {
  readonly #known = new Map<string, Exclude<PeerHost, undefined>>();
  readonly #asked = new Set<string>();
  readonly #answered = new Doorbell();

  /** The host's address; a name is asked for when it is new, or when the last answer was none. */
  find(host: string): PeerHost {
    if (isIP(host) !== 0) return { address: host };
    const known = this.#known.get(host);
    if (known === undefined || "problem" in known) this.#ask(host, known);
    return known;
  }

  changes(signal: AbortSignal): AsyncIterable<void> {
    return this.#answered.rings(signal);
  }

  /** @param before what was known, so that only what is news wakes anybody */
  #ask(host: string, before: PeerHost): void {
    if (this.#asked.has(host) || this.#asked.size >= mostNames) return;
    if (this.#known.size >= mostNames) this.#known.clear();
    this.#asked.add(host);
    void this.#answer(host).then((answer) => {
      this.#asked.delete(host);
      this.#known.set(host, answer);
      if (!Bun.deepEquals(answer, before)) this.#answered.ring();
    });
  }

  async #answer(host: string): Promise<Exclude<PeerHost, undefined>> {
    try {
      const [address = ""] = await resolveHost(host, AbortSignal.timeout(resolveTimeoutMs));
      return { address };
    } catch (thrown) {
      return { problem: messageOf(thrown) };
    }
  }
}
