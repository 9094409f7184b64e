import { type Lease, leaseOf } from "./lease.ts";
import { type DhcpMessage, DhcpMessageType, encodeInet4 } from "./message.ts";
import { DhcpOption } from "./options.ts";

export interface DhcpClientOptions {
  readonly hardwareAddress: Uint8Array;
  /** Source of randomness in [0, 1); injected by tests. */
  readonly random?: () => number;
  /** The name to tell the server. */
  readonly hostname?: string;
  /** Option 61; left out, the server goes by the hardware address. */
  readonly clientId?: Uint8Array;
}

export type DhcpState = "selecting" | "requesting" | "bound" | "renewing" | "rebinding";

/** What the client wants done after an event. */
export interface Step {
  /** To be sent, to the server's address or "255.255.255.255". */
  readonly send?: { readonly message: DhcpMessage; readonly destination: string };
  /** When to call `wake`, unless a message comes first. On the clock of `nowMs`; Infinity: never. */
  readonly wakeAtMs: number;
  readonly event?: LeaseEvent;
}

export type LeaseEvent =
  | { readonly kind: "bound"; readonly lease: Lease }
  /** The address must not be used any more. */
  | { readonly kind: "lost"; readonly reason: "expired" | "refused" };

const everyone = "255.255.255.255";
const nowhere = "0.0.0.0";
const firstRetryMs = 1_000;
const longestRetryMs = 64_000;
const retryJitter = 0.25;
const requestTries = 4;
/** RFC 2131 §4.4.5: renewals are repeated after half of what is left, but not faster than this. */
const shortestRenewalRetryMs = 60_000;
const largestMessage = 1_500;
const wanted = [
  DhcpOption.subnetMask,
  DhcpOption.router,
  DhcpOption.dns,
  DhcpOption.hostname,
  DhcpOption.domain,
  DhcpOption.mtu,
  DhcpOption.ntp,
  DhcpOption.leaseTime,
  DhcpOption.server,
  DhcpOption.renewalTime,
  DhcpOption.rebindingTime,
  DhcpOption.domainSearch,
  DhcpOption.classlessRoutes,
];

/**
 * The client's side of DHCP, RFC 2131 §4.4, as a pure machine: it is told the time and what arrived, and answers what
 * to send and when to be woken. No clock, no socket.
 */
export class DhcpClient {
  readonly #options: Required<Pick<DhcpClientOptions, "random">> & DhcpClientOptions;
  #state: DhcpState = "selecting";
  #transaction = 0;
  #tries = 0;
  #startedMs = 0;
  #offer: Lease | undefined;
  #lease: Lease | undefined;
  #leasedMs = 0;

  constructor(options: DhcpClientOptions) {
    this.#options = { random: Math.random, ...options };
  }

  get state(): DhcpState {
    return this.#state;
  }

  start(nowMs: number): Step {
    this.#state = "selecting";
    this.#begin(nowMs);
    return this.#transmit(nowMs);
  }

  /** The time asked for by the last step has come. */
  wake(nowMs: number): Step {
    if (this.#state === "requesting" && this.#tries >= requestTries) return this.start(nowMs);
    if (this.#state === "selecting" || this.#state === "requesting") return this.#transmit(nowMs);
    const lease = this.#lease;
    if (lease === undefined || nowMs >= this.#after(lease.leaseSeconds)) return this.#lose(nowMs, "expired");
    const next: DhcpState = nowMs >= this.#after(lease.rebindSeconds) ? "rebinding" : "renewing";
    if (this.#state !== next) this.#begin(nowMs);
    this.#state = next;
    return this.#transmit(nowMs);
  }

  /** A message has arrived; `undefined` when it is not for us and the last step still holds. */
  receive(nowMs: number, message: DhcpMessage): Step | undefined {
    if (!this.#isOurs(message)) return undefined;
    const type = message.options.get(DhcpOption.messageType)?.[0];
    const lease = leaseOf(message);
    if (this.#state === "selecting") {
      return type === DhcpMessageType.offer && lease !== undefined ? this.#request(nowMs, lease) : undefined;
    }
    if (this.#state === "bound") return undefined;
    if (type === DhcpMessageType.ack && lease !== undefined && this.#isExpected(lease)) return this.#bind(nowMs, lease);
    if (type === DhcpMessageType.nak && this.#isFromServer(message)) return this.#lose(nowMs, "refused");
    return undefined;
  }

  #isOurs({ kind, transaction, hardwareAddress }: DhcpMessage): boolean {
    if (kind !== "reply" || transaction !== this.#transaction) return false;
    return Buffer.compare(hardwareAddress, this.#options.hardwareAddress) === 0;
  }

  /** While rebinding any server may answer, otherwise only the one we asked. */
  #isExpected({ server, address }: Lease): boolean {
    if (this.#state === "rebinding") return true;
    const asked = this.#state === "requesting" ? this.#offer : this.#lease;
    return server === asked?.server && address === asked.address;
  }

  #isFromServer({ options }: DhcpMessage): boolean {
    if (this.#state === "rebinding") return true;
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

  #bind(nowMs: number, lease: Lease): Step {
    this.#state = "bound";
    this.#lease = lease;
    this.#leasedMs = nowMs;
    return { wakeAtMs: this.#after(lease.renewSeconds), event: { kind: "bound", lease } };
  }

  /** Back to the start. A refusal waits a little: a server that refuses all would otherwise be asked in a loop. */
  #lose(nowMs: number, reason: "expired" | "refused"): Step {
    const hadLease = this.#lease !== undefined;
    this.#lease = undefined;
    this.#offer = undefined;
    this.#state = "selecting";
    this.#begin(nowMs);
    return { wakeAtMs: nowMs + this.#jittered(firstRetryMs), ...(hadLease ? { event: { kind: "lost", reason } } : {}) };
  }

  #begin(nowMs: number): void {
    this.#transaction = Math.floor(this.#options.random() * 2 ** 32);
    this.#startedMs = nowMs;
    this.#tries = 0;
  }

  #transmit(nowMs: number): Step {
    this.#tries += 1;
    const destination = this.#state === "renewing" ? (this.#lease?.server ?? everyone) : everyone;
    return { send: { message: this.#message(nowMs), destination }, wakeAtMs: this.#retryAt(nowMs) };
  }

  #retryAt(nowMs: number): number {
    const lease = this.#lease;
    if (lease === undefined || this.#state === "selecting" || this.#state === "requesting") {
      return nowMs + this.#jittered(Math.min(longestRetryMs, firstRetryMs * 2 ** (this.#tries - 1)));
    }
    const endMs = this.#after(this.#state === "renewing" ? lease.rebindSeconds : lease.leaseSeconds);
    return Math.min(endMs, nowMs + Math.max(shortestRenewalRetryMs, (endMs - nowMs) / 2));
  }

  #message(nowMs: number): DhcpMessage {
    const { hardwareAddress, hostname, clientId } = this.#options;
    const isHeld = this.#state === "renewing" || this.#state === "rebinding";
    const options = new Map<number, Uint8Array>();
    const type = this.#state === "selecting" ? DhcpMessageType.discover : DhcpMessageType.request;
    options.set(DhcpOption.messageType, Uint8Array.of(type));
    if (clientId !== undefined) options.set(DhcpOption.clientId, clientId);
    if (hostname !== undefined) options.set(DhcpOption.hostname, Buffer.from(hostname));
    if (this.#state === "requesting" && this.#offer !== undefined) {
      options.set(DhcpOption.requestedAddress, encodeInet4(this.#offer.address));
      options.set(DhcpOption.server, encodeInet4(this.#offer.server));
    }
    options.set(DhcpOption.maximumSize, Uint8Array.of(largestMessage >> 8, largestMessage & 255));
    options.set(DhcpOption.parameterList, Uint8Array.from(wanted));
    return {
      kind: "request",
      transaction: this.#transaction,
      elapsedSeconds: Math.floor((nowMs - this.#startedMs) / 1_000),
      broadcast: !isHeld,
      clientAddress: isHeld ? (this.#lease?.address ?? nowhere) : nowhere,
      yourAddress: nowhere,
      relayAddress: nowhere,
      hardwareAddress,
      options,
    };
  }

  #after(seconds: number): number {
    return this.#leasedMs + seconds * 1_000;
  }

  #jittered(ms: number): number {
    return ms * (1 + retryJitter * (2 * this.#options.random() - 1));
  }
}
