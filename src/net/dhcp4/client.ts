import { composeRequest, type Request, wantedOptions, withNamesOf } from "./compose.ts";
import { type Lease, leaseOf } from "./lease.ts";
import { type DhcpMessage, DhcpMessageType } from "./message.ts";
import { DhcpOption } from "./options.ts";

export interface DhcpClientOptions {
  readonly hardwareAddress: Uint8Array;
  /** Source of randomness in [0, 1); injected by tests. */
  readonly random?: () => number;
  /** Option 61; left out, the server goes by the hardware address. */
  readonly clientId?: Uint8Array;
  /** The name to tell the server; see also `rename`. */
  readonly hostname?: string;
  /** Do not ask what name the server has for us. */
  readonly ignoresNames?: boolean;
  /** An address of a lease that goes on: it is asked for before anything else. */
  readonly previousAddress?: string;
  /** How long others may object to an address before we use it; 0, the default, does not ask them. */
  readonly checkMs?: number;
}

export type DhcpState = "rebooting" | "selecting" | "requesting" | "checking" | "bound" | "renewing" | "rebinding";

/** What the client wants done after an event. */
export interface Step {
  /** To be sent, to the server's address or to `everyone`. */
  readonly send?: { readonly message: DhcpMessage; readonly destination: string };
  /** When to call `wake`, unless a message comes first. On the clock of `nowMs`; Infinity: never. */
  readonly wakeAtMs: number;
  readonly event?: LeaseEvent;
  /** Ask the neighbours whether one of them has this address; `conflict` is to be called if so. */
  readonly check?: string;
}

type About = Pick<Request, "type" | "server" | "requestedAddress" | "heldAddress">;

export type LostReason = "expired" | "refused" | "conflict";

export type LeaseEvent =
  /** `isContested`: a neighbour has the address as well, and insists. */
  | { readonly kind: "bound"; readonly lease: Lease; readonly isContested?: true }
  /** The address must not be used any more. */
  | { readonly kind: "lost"; readonly reason: LostReason }
  /** A neighbour has the address that we were given, so we never used it. */
  | { readonly kind: "declined"; readonly address: string };

/** Where servers are that one does not know, RFC 2131 §4.1. */
export const everyone = "255.255.255.255";
const firstRetryMs = 1_000;
const longestRetryMs = 64_000;
const retryJitter = 0.25;
const requestTries = 4;
/** A network where nobody knows us says nothing at all, RFC 2131 §4.3.2. */
const rebootTries = 2;
/** RFC 2131 §4.4.5: renewals are repeated after half of what is left, but not faster than this… */
const shortestRenewalRetryMs = 60_000;
/** …unless the lease is so short that two lost packets would end it. */
const renewalsOfShortLease = 20;
/** RFC 2131 §3.1: so long after a decline the server is asked again. */
const declinePauseMs = 10_000;
/** Some routers answer for every address: rather a doubtful address than none. */
const declinesOfOneAddress = 2;
const nothingDeclined = { address: "", times: 0 };

/**
 * The client's side of DHCP, RFC 2131 §4.4, as a pure machine: it is told the time and what arrived, and answers what
 * to send and when to be woken. No clock, no socket.
 */
export class DhcpClient {
  readonly #options: Required<Pick<DhcpClientOptions, "random" | "checkMs">> & DhcpClientOptions;
  #hostname: string | undefined;
  #state: DhcpState = "selecting";
  #transaction = 0;
  #tries = 0;
  #startedMs = 0;
  #discoveredMs = 0;
  #offer: Lease | undefined;
  #lease: Lease | undefined;
  #leasedMs = 0;
  #declined = nothingDeclined;

  constructor(options: DhcpClientOptions) {
    this.#options = { random: Math.random, checkMs: 0, ...options };
    this.#hostname = options.hostname;
  }

  get state(): DhcpState {
    return this.#state;
  }

  start(nowMs: number): Step {
    return this.#startAs(nowMs, this.#options.previousAddress === undefined ? "selecting" : "rebooting");
  }

  /** The time asked for by the last step has come. */
  wake(nowMs: number): Step {
    const tries = this.#state === "rebooting" ? rebootTries : requestTries;
    if (this.#isAsking() && this.#tries >= tries) return this.#startAs(nowMs, "selecting");
    if (this.#state === "selecting" || this.#isAsking()) return this.#transmit(nowMs);
    if (this.#state === "checking" && this.#lease !== undefined) return this.#use(nowMs, this.#lease);
    const lease = this.#lease;
    if (lease === undefined || nowMs >= this.#after(lease.leaseSeconds)) return this.#lose(nowMs, "expired");
    return this.#renew(nowMs, nowMs >= this.#after(lease.rebindSeconds) ? "rebinding" : "renewing");
  }

  /** A message has arrived; `undefined` when it is not for us and the last step still holds. */
  receive(nowMs: number, message: DhcpMessage): Step | undefined {
    if (!this.#isOurs(message)) return undefined;
    const type = message.options.get(DhcpOption.messageType)?.[0];
    const lease = leaseOf(message);
    if (this.#state === "selecting") {
      return type === DhcpMessageType.offer && lease !== undefined ? this.#request(nowMs, lease) : undefined;
    }
    if (this.#state === "bound" || this.#state === "checking") return undefined;
    if (type === DhcpMessageType.ack && lease !== undefined && this.#isExpected(lease)) return this.#bind(nowMs, lease);
    if (type !== DhcpMessageType.nak || !this.#isFromServer(message)) return undefined;
    return this.#state === "rebooting" ? this.#startAs(nowMs, "selecting") : this.#lose(nowMs, "refused");
  }

  /** A neighbour has the address that is checked, or that is in use; `undefined` when that changes nothing. */
  conflict(nowMs: number): Step | undefined {
    const lease = this.#lease;
    if (lease === undefined || this.#options.checkMs === 0) return undefined;
    const { address } = lease;
    const wasUsed = this.#state !== "checking";
    const times = this.#declined.address === address ? this.#declined.times + 1 : 1;
    this.#declined = { address, times };
    if (times > declinesOfOneAddress) {
      if (wasUsed) return undefined;
      return { ...this.#use(nowMs, lease), event: { kind: "bound", lease, isContested: true } };
    }
    const send = this.#send({ type: "decline", server: lease.server, requestedAddress: address }, nowMs);
    const event = wasUsed ? lost("conflict") : ({ kind: "declined", address } as const);
    return { ...this.#lose(nowMs, "conflict"), wakeAtMs: nowMs + declinePauseMs, send, event };
  }

  /** What to send when the lease is not needed any more; `undefined` when there is none. */
  release(nowMs: number): Step["send"] {
    const lease = this.#lease;
    if (lease === undefined || this.#state === "checking") return undefined;
    return this.#send({ type: "release", server: lease.server, heldAddress: lease.address }, nowMs, lease.server);
  }

  /** The machine has another name, or none to tell; the server hears of it at once when it knows us already. */
  rename(nowMs: number, hostname: string | undefined): Step | undefined {
    if (hostname === this.#hostname) return undefined;
    this.#hostname = hostname;
    if (this.#state !== "bound" && this.#state !== "renewing") return undefined;
    this.#state = "bound";
    return this.#renew(nowMs, "renewing");
  }

  #startAs(nowMs: number, state: DhcpState): Step {
    this.#state = state;
    this.#begin(nowMs);
    return this.#transmit(nowMs);
  }

  #isAsking(): boolean {
    return this.#state === "requesting" || this.#state === "rebooting";
  }

  #isOurs({ kind, transaction, hardwareAddress, options }: DhcpMessage): boolean {
    if (kind !== "reply" || transaction !== this.#transaction) return false;
    const { clientId } = this.#options;
    // Servers of today say whom they mean, RFC 6842 §3; those of before leave it out.
    const named = options.get(DhcpOption.clientId) ?? clientId;
    if (clientId !== undefined && named !== undefined && Buffer.compare(named, clientId) !== 0) return false;
    return Buffer.compare(hardwareAddress, this.#options.hardwareAddress) === 0;
  }

  /** Whoever was not asked by name may answer; while rebinding even with another address. */
  #isExpected({ server, address }: Lease): boolean {
    if (this.#state === "rebinding") return true;
    if (this.#state === "rebooting") return address === this.#options.previousAddress;
    const asked = this.#state === "requesting" ? this.#offer : this.#lease;
    return server === asked?.server && address === asked.address;
  }

  #isFromServer({ options }: DhcpMessage): boolean {
    if (this.#state === "rebinding" || this.#state === "rebooting") return true;
    const asked = this.#state === "requesting" ? this.#offer : this.#lease;
    const server = options.get(DhcpOption.server)?.join(".");
    return server === asked?.server;
  }

  #request(nowMs: number, offer: Lease): Step {
    this.#offer = offer;
    this.#state = "requesting";
    this.#tries = 0;
    return this.#transmit(nowMs);
  }

  #bind(nowMs: number, given: Lease): Step {
    const isNew = given.address !== this.#lease?.address;
    const lease = this.#hostname === undefined ? given : withNamesOf(given, this.#lease);
    this.#lease = lease;
    this.#leasedMs = nowMs;
    // Whoever had it once has gone if we kept it for so long.
    if (!isNew) this.#declined = nothingDeclined;
    if (!isNew || this.#options.checkMs === 0) return this.#use(nowMs, lease);
    this.#state = "checking";
    return { wakeAtMs: nowMs + this.#options.checkMs, check: lease.address };
  }

  #use(nowMs: number, lease: Lease): Step {
    this.#state = "bound";
    // The check may have taken longer than the lease does.
    return {
      wakeAtMs: Math.max(nowMs + 1, this.#after(lease.renewSeconds)),
      event: { kind: "bound", lease },
    };
  }

  #renew(nowMs: number, state: "renewing" | "rebinding"): Step {
    if (this.#state !== state) this.#begin(nowMs);
    this.#state = state;
    return this.#transmit(nowMs);
  }

  /** Back to the start. A refusal waits a little: a server that refuses all would otherwise be asked in a loop. */
  #lose(nowMs: number, reason: LostReason): Step {
    const hadLease = this.#lease !== undefined;
    this.#lease = undefined;
    this.#offer = undefined;
    this.#state = "selecting";
    this.#begin(nowMs);
    return { wakeAtMs: nowMs + this.#jittered(firstRetryMs), ...(hadLease ? { event: lost(reason) } : {}) };
  }

  #begin(nowMs: number): void {
    this.#transaction = Math.floor(this.#options.random() * 2 ** 32);
    this.#startedMs = nowMs;
    this.#tries = 0;
  }

  #transmit(nowMs: number): Step {
    this.#tries += 1;
    if (this.#state === "selecting") this.#discoveredMs = nowMs;
    const destination = this.#state === "renewing" ? (this.#lease?.server ?? everyone) : everyone;
    return { send: this.#send(this.#asked(), nowMs, destination), wakeAtMs: this.#retryAt(nowMs) };
  }

  #retryAt(nowMs: number): number {
    const lease = this.#lease;
    if (lease === undefined || this.#state === "selecting" || this.#isAsking()) {
      return nowMs + this.#jittered(Math.min(longestRetryMs, firstRetryMs * 2 ** (this.#tries - 1)));
    }
    const endMs = this.#after(this.#state === "renewing" ? lease.rebindSeconds : lease.leaseSeconds);
    const shortestMs = Math.min(shortestRenewalRetryMs, (lease.leaseSeconds * 1_000) / renewalsOfShortLease);
    return Math.max(nowMs + 1, Math.min(endMs, nowMs + Math.max(shortestMs, (endMs - nowMs) / 2)));
  }

  /** What the message of a state says, RFC 2131 table 4. */
  #asked(): About {
    if (this.#state === "selecting") return { type: "discover" };
    if (this.#state === "rebooting") return { type: "request", requestedAddress: this.#options.previousAddress };
    if (this.#state === "requesting") {
      return { type: "request", server: this.#offer?.server, requestedAddress: this.#offer?.address };
    }
    return { type: "request", heldAddress: this.#lease?.address };
  }

  #send(said: About, nowMs: number, destination = everyone): NonNullable<Step["send"]> {
    const { hardwareAddress, clientId, ignoresNames = false } = this.#options;
    const isFinal = said.type === "decline" || said.type === "release";
    // The same as in the question before, so that relays pass both to the same servers: RFC 2131 §3.1.
    const untilMs = this.#state === "requesting" ? this.#discoveredMs : nowMs;
    const message = composeRequest({
      ...{ hardwareAddress, clientId, transaction: this.#transaction, ...said },
      elapsedSeconds: isFinal ? 0 : Math.floor((untilMs - this.#startedMs) / 1_000),
      hostname: isFinal ? undefined : this.#hostname,
      wants: isFinal ? [] : wantedOptions(this.#hostname === undefined && !ignoresNames),
    });
    return { message, destination };
  }

  #after(seconds: number): number {
    return this.#leasedMs + seconds * 1_000;
  }

  #jittered(ms: number): number {
    return ms * (1 + retryJitter * (2 * this.#options.random() - 1));
  }
}

const lost = (reason: LostReason): LeaseEvent => ({ kind: "lost", reason });
