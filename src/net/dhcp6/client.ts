import type { Association } from "./association.ts";
import { composeQuestion } from "./compose.ts";
import { HeldAddresses } from "./held-addresses.ts";
import type { Dhcp6Message, Dhcp6MessageName } from "./message.ts";
import { type NetworkNames, readServerWord, type ServerWord } from "./reply.ts";

export interface Dhcp6ClientOptions {
  /** Our DUID. */
  readonly clientId: Uint8Array;
  /** By which the server tells our interfaces apart: 32 bits. */
  readonly associationId: number;
  /** Source of randomness in [0, 1); injected by tests. */
  readonly random?: () => number;
  /** Do not ask what name the server has for us. */
  readonly ignoresNames?: boolean;
}

export type Dhcp6State = "soliciting" | "requesting" | "informing" | "bound" | "renewing" | "rebinding";

/** What servers gave us. */
export interface Dhcp6Lease extends NetworkNames {
  /** None where the network has only other things to tell. */
  readonly addresses: readonly string[];
}

export type Dhcp6Event =
  | { readonly kind: "bound"; readonly lease: Dhcp6Lease }
  /** None of the addresses must be used any more. */
  | { readonly kind: "lost"; readonly reason: "expired" | "refused" | "conflict" };

/** What the client wants done after an event. */
export interface Dhcp6Step {
  /** To be sent to all servers of the link. */
  readonly send?: Dhcp6Message;
  /** When to call `wake`, unless a message comes first. On the clock of `nowMs`; Infinity: never. */
  readonly wakeAtMs: number;
  readonly event?: Dhcp6Event;
}

/** The first pause between two messages and the longest, RFC 8415 §7.6. */
const retries = {
  soliciting: { firstMs: 1_000, longestMs: 120_000 },
  informing: { firstMs: 1_000, longestMs: 120_000 },
  requesting: { firstMs: 1_000, longestMs: 30_000 },
  bound: { firstMs: 10_000, longestMs: 600_000 },
  renewing: { firstMs: 10_000, longestMs: 600_000 },
  rebinding: { firstMs: 10_000, longestMs: 600_000 },
} as const;
const retryJitter = 0.1;
const requestTries = 10;
/** How long other servers may outbid the first one. The RFC's whole second is felt at every boot. */
const collectMs = 100;
/** Of servers that are not to be compared with others. */
const surelyBest = 255;
const shortestRenewMs = 5_000;
const restartPauseMs = 1_000;
const conflictPauseMs = 10_000;

const questions = {
  soliciting: "solicit",
  requesting: "request",
  informing: "informationRequest",
  bound: "renew",
  renewing: "renew",
  rebinding: "rebind",
} as const satisfies Record<Dhcp6State, Dhcp6MessageName>;

/**
 * The client's side of DHCPv6, RFC 8415 §18.2, as a pure machine: it is told the time and what arrived, and answers
 * what to send and when to be woken. It asks for addresses, not for prefixes.
 */
export class Dhcp6Client {
  readonly #options: Required<Dhcp6ClientOptions>;
  #state: Dhcp6State = "soliciting";
  #transaction = 0;
  #tries = 0;
  #startedMs = 0;
  #retryMs = 0;
  #solicitRetryMs = 0;
  /** A server has said that it has no addresses to give. */
  #isWithoutAddresses = false;
  /** So long nobody is asked for names again. */
  #informedUntilMs = 0;
  #longestSolicitMs: number = retries.soliciting.longestMs;
  #nextMs = 0;
  /** The best advertisement so far. */
  #best: ServerWord | undefined;
  #server: Uint8Array | undefined;
  #offered: readonly string[] = [];
  readonly #held = new HeldAddresses();
  #rebindAtMs = 0;
  #names: NetworkNames = { dns: [], searchDomains: [], ntp: [], fullName: undefined };

  constructor(options: Dhcp6ClientOptions) {
    this.#options = { random: Math.random, ignoresNames: false, ...options };
  }

  get state(): Dhcp6State {
    return this.#state;
  }

  start(nowMs: number): Dhcp6Step {
    this.#enter("soliciting", nowMs);
    return this.#transmit(nowMs);
  }

  /** The time asked for by the last step has come. */
  wake(nowMs: number): Dhcp6Step {
    const ended = this.#held.endedBy(nowMs);
    if (ended.length > 0) return this.#without(ended, nowMs, "expired");
    if (this.#state === "soliciting") return this.#solicit(nowMs);
    if (this.#state === "informing") this.#enter("soliciting", nowMs, this.#solicitRetryMs);
    else if (this.#state === "requesting" && this.#tries >= requestTries) this.#enter("soliciting", nowMs);
    else if (this.#state === "bound" && this.#held.isEmpty) this.#enter("soliciting", nowMs);
    else if (this.#state === "bound" || this.#state === "renewing") this.#prolong(nowMs);
    return this.#transmit(nowMs);
  }

  /** A message has arrived; `undefined` when it is not for us and the last step still holds. */
  receive(nowMs: number, message: Dhcp6Message): Dhcp6Step | undefined {
    if (message.transaction !== this.#transaction || this.#state === "bound") return undefined;
    const word = readServerWord(message, this.#options.clientId, this.#options.associationId);
    // QEMU's user network names DNS servers and not itself; addresses it gives none.
    if (word === undefined || (word.server.length === 0 && this.#state !== "informing")) return undefined;
    this.#longestSolicitMs = word.longestRetryMs ?? this.#longestSolicitMs;
    if (message.type === "advertise") return this.#state === "soliciting" ? this.#weigh(nowMs, word) : undefined;
    if (message.type !== "reply" || word.status === "unspecifiedFailure" || word.status === "useMulticast")
      return undefined;
    if (this.#state === "informing") return this.#bind(nowMs, word);
    if (this.#state === "soliciting") {
      return word.isCommitted && hasAddresses(word) ? this.#bind(nowMs, word) : undefined;
    }
    return this.#state === "requesting" ? this.#granted(nowMs, word) : this.#prolonged(nowMs, word);
  }

  /** Another machine has one of the addresses; `undefined` when it is none of ours. */
  conflict(nowMs: number, address: string): Dhcp6Step | undefined {
    if (!this.#held.has(address)) return undefined;
    const send = this.#question("decline", nowMs, [address]);
    return { ...this.#without([address], nowMs, "conflict"), send };
  }

  /** What to send when the addresses are not needed any more; `undefined` when there are none. */
  release(nowMs: number): Dhcp6Message | undefined {
    return this.#held.isEmpty ? undefined : this.#question("release", nowMs, this.#held.all);
  }

  #prolong(nowMs: number): void {
    const state = nowMs >= this.#rebindAtMs ? "rebinding" : "renewing";
    if (this.#state !== state) this.#enter(state, nowMs);
  }

  #solicit(nowMs: number): Dhcp6Step {
    if (this.#best !== undefined) return this.#request(nowMs, this.#best);
    if (this.#tries === 0 || nowMs < this.#informedUntilMs) return this.#transmit(nowMs);
    // A network without addresses to give, which some servers do not even say, may still have servers to name.
    this.#solicitRetryMs = this.#retryMs;
    this.#enter("informing", nowMs);
    return this.#transmit(nowMs);
  }

  #weigh(nowMs: number, word: ServerWord): Dhcp6Step | undefined {
    if (word.status === "success" && hasAddresses(word)) {
      if (word.preference > (this.#best?.preference ?? -1)) this.#best = word;
      // Whoever comes after a silence is not outbid either.
      if (word.preference === surelyBest || this.#solicitRetryMs > 0) return this.#request(nowMs, word);
    } else this.#isWithoutAddresses = true;
    this.#nextMs = Math.min(this.#nextMs, nowMs + collectMs);
    return { wakeAtMs: this.#nextMs };
  }

  /** Asks one server for what it offered, or for what we have without its knowing. */
  #request(nowMs: number, { server, association }: ServerWord): Dhcp6Step {
    this.#server = server;
    this.#offered = association?.addresses.map(({ address }) => address) ?? [];
    this.#enter("requesting", nowMs);
    return this.#transmit(nowMs);
  }

  #granted(nowMs: number, word: ServerWord): Dhcp6Step | undefined {
    if (hasAddresses(word)) return this.#bind(nowMs, word);
    // The server has changed its mind: from the beginning, with those that are there now.
    this.#enter("soliciting", nowMs);
    return { wakeAtMs: this.#wait(nowMs + this.#jittered(restartPauseMs)) };
  }

  #prolonged(nowMs: number, word: ServerWord): Dhcp6Step | undefined {
    if (word.association?.status === "noBinding") return this.#request(nowMs, word);
    const isAboutAddresses = word.association?.status === "success" && word.association.addresses.length > 0;
    return isAboutAddresses ? this.#bind(nowMs, word) : undefined;
  }

  #bind(nowMs: number, word: ServerWord): Dhcp6Step {
    const { server, association, ...rest } = word;
    this.#server = server;
    this.#names = { dns: rest.dns, searchDomains: rest.searchDomains, ntp: rest.ntp, fullName: rest.fullName };
    if (association === undefined || this.#state === "informing") return this.#inform(nowMs);
    this.#held.take(association.addresses, nowMs);
    const { renewMs, rebindMs } = timesOf(association);
    this.#enter("bound", nowMs);
    this.#rebindAtMs = nowMs + rebindMs;
    this.#nextMs = nowMs + renewMs;
    // A server takes an address back by letting it end at once.
    const refused = association.addresses.filter(({ validSeconds }) => validSeconds === 0);
    const addresses = refused.map(({ address }) => address);
    if (addresses.length > 0) return this.#without(addresses, nowMs, "refused");
    return { wakeAtMs: this.#wait(this.#nextMs), event: this.#bound() };
  }

  /** The network has told the rest; whoever only was silent about addresses may have missed the question. */
  #inform(nowMs: number): Dhcp6Step {
    this.#informedUntilMs = nowMs + retries.informing.longestMs;
    const event = this.#bound();
    if (!this.#isWithoutAddresses) {
      this.#enter("soliciting", nowMs, this.#solicitRetryMs);
      return { ...this.#transmit(nowMs), event };
    }
    this.#enter("bound", nowMs);
    return { wakeAtMs: this.#wait(nowMs + this.#longestSolicitMs), event };
  }

  /** Some addresses are not ours any more; without any we begin anew. */
  #without(addresses: readonly string[], nowMs: number, reason: "expired" | "refused" | "conflict"): Dhcp6Step {
    this.#held.drop(addresses);
    if (!this.#held.isEmpty) return { wakeAtMs: this.#wait(Math.max(nowMs + 1, this.#nextMs)), event: this.#bound() };
    this.#enter("soliciting", nowMs);
    const pauseMs = reason === "conflict" ? conflictPauseMs : restartPauseMs;
    return { wakeAtMs: this.#wait(nowMs + this.#jittered(pauseMs)), event: { kind: "lost", reason } };
  }

  #bound(): Dhcp6Event {
    return { kind: "bound", lease: { addresses: this.#held.all, ...this.#names } };
  }

  #enter(state: Dhcp6State, nowMs: number, retryMs = 0): void {
    this.#state = state;
    this.#transaction = Math.floor(this.#options.random() * 2 ** 24);
    this.#startedMs = nowMs;
    this.#tries = 0;
    this.#retryMs = retryMs;
    if (state === "soliciting") [this.#solicitRetryMs, this.#isWithoutAddresses] = [retryMs, false];
    this.#best = undefined;
  }

  #transmit(nowMs: number): Dhcp6Step {
    this.#tries += 1;
    const { firstMs, longestMs } = retries[this.#state];
    const limitMs = this.#state === "soliciting" ? this.#longestSolicitMs : longestMs;
    this.#retryMs = this.#retryMs === 0 ? firstMs : Math.min(limitMs, this.#retryMs * 2);
    const retryAtMs = nowMs + this.#jittered(this.#retryMs);
    const isOffered = this.#state === "requesting" && this.#offered.length > 0;
    const addresses = isOffered ? this.#offered : this.#held.all;
    const send = this.#question(questions[this.#state], nowMs, addresses);
    // Renewals end where any server may be asked.
    return {
      send,
      wakeAtMs: this.#wait(this.#state === "renewing" ? Math.min(retryAtMs, this.#rebindAtMs) : retryAtMs),
    };
  }

  /** Not later than the first address ends. */
  #wait(untilMs: number): number {
    this.#nextMs = untilMs;
    return Math.min(untilMs, this.#held.firstEndMs);
  }

  #question(type: Dhcp6MessageName, nowMs: number, addresses: readonly string[]): Dhcp6Message {
    const { clientId, associationId, ignoresNames } = this.#options;
    const isToAll = type === "solicit" || type === "rebind" || type === "informationRequest";
    return composeQuestion({
      ...{ type, clientId, transaction: this.#transaction, elapsedMs: nowMs - this.#startedMs },
      server: isToAll ? undefined : this.#server,
      association: type === "informationRequest" ? undefined : { id: associationId, addresses },
      withFullName: !ignoresNames,
    });
  }

  #jittered(ms: number): number {
    return ms * (1 + retryJitter * (2 * this.#options.random() - 1));
  }
}

const hasAddresses = ({ association }: ServerWord): boolean =>
  association?.status === "success" && association.addresses.some(({ validSeconds }) => validSeconds > 0);

/** When to renew and rebind; servers may leave it to the client, RFC 8415 §21.4. */
function timesOf({ renewSeconds, rebindSeconds, addresses }: Association): { renewMs: number; rebindMs: number } {
  const valid = addresses.filter(({ validSeconds }) => validSeconds > 0);
  const lasting = Math.min(...valid.map(({ preferredSeconds, validSeconds }) => preferredSeconds || validSeconds));
  const renewMs = Math.max(shortestRenewMs, (renewSeconds || lasting * 0.5) * 1_000);
  return { renewMs, rebindMs: Math.max(renewMs, (rebindSeconds || lasting * 0.8) * 1_000) };
}
