import { messageOf } from "../../../errors/message.ts";
import { splitAddressAndPort } from "../../../net/address-with-port.ts";
import { Forwarder, type ForwarderOptions } from "../../../net/dns/forwarder.ts";
import { type Listener, type ListenOptions, listenTcp, listenUdp } from "../../../net/dns/listener.ts";

const protocols = { udp: listenUdp, tcp: listenTcp } as const;

/** Answers of the machine's own resolver stay on it: programs are no hop away, pods one. */
const hopsToPods = 2;

/** The machine's own resolver: one memory, several addresses. */
export class HostDns {
  readonly forwarder: Forwarder;
  readonly #listeners = new Map<string, Listener>();
  readonly #log: (message: string) => void;

  constructor({ log, ...options }: ForwarderOptions & { readonly log: (message: string) => void }) {
    this.forwarder = new Forwarder(options);
    this.#log = log;
  }

  /**
   * Listens on these addresses with port, over UDP and TCP, and on no others.
   * @returns what it listens on (`udp-127.0.0.53:53`), and why not on the rest
   */
  async listenOn(addresses: readonly string[]): Promise<{ readonly running: string[]; readonly problems: string[] }> {
    const wanted = new Set(addresses.flatMap((address) => Object.keys(protocols).map((name) => `${name}-${address}`)));
    for (const [id, listener] of this.#listeners) {
      if (wanted.has(id)) continue;
      this.#listeners.delete(id);
      await listener[Symbol.asyncDispose]();
    }
    const problems: string[] = [];
    for (const address of addresses) {
      for (const [name, listen] of Object.entries(protocols)) {
        const id = `${name}-${address}`;
        if (this.#listeners.has(id)) continue;
        try {
          this.#listeners.set(id, await listen(this.#optionsOf(address)));
        } catch (thrown) {
          problems.push(`Cannot answer DNS questions on ${address}, ${name}: ${messageOf(thrown)}`);
        }
      }
    }
    return { running: [...this.#listeners.keys()], problems };
  }

  #optionsOf(listenAddress: string): ListenOptions {
    return {
      ...splitAddressAndPort(listenAddress),
      hops: listenAddress.startsWith("127.") ? 1 : hopsToPods,
      answer: (message) => this.forwarder.answer(message),
      onProblem: (problem) => this.#log(`Cannot answer a DNS question: ${messageOf(problem)}`),
    };
  }
}
