import type { Latest } from "../../async/latest.ts";
import { Queue } from "../../async/queue.ts";
import { Alarm, type DhcpClock, systemClock } from "../dhcp/alarm.ts";
import { notNeeded } from "../dhcp/not-needed.ts";
import { DhcpClient, type DhcpClientOptions, type LeaseEvent, type Step } from "./client.ts";
import { decodeDhcpMessage, encodeDhcpMessage } from "./message.ts";
import { decodePacket, encodePacket } from "./packet.ts";

/** A way to the network of one interface. Packets start with the IP header; the link's header is the other side's. */
export interface DhcpTransport {
  /** @param to hardware address; everyone's when left out. */
  send(packet: Uint8Array, to?: Uint8Array): void;
  /** What arrives from the moment of the call until `signal` aborts. */
  packets(signal: AbortSignal): AsyncIterable<{ readonly packet: Uint8Array; readonly from: Uint8Array }>;
  /** Asks the neighbours whether one of them has an address, and tells of each that does until it is disposed of. */
  probe?(address: string, onConflict: () => void): Disposable;
}

export interface DhcpOptions extends DhcpClientOptions {
  readonly transport: DhcpTransport;
  readonly signal: AbortSignal;
  readonly clock?: DhcpClock;
  /** Other names than `hostname` to tell the server, as they come; undefined: none any more. */
  readonly name?: Pick<Latest<string | undefined>, "changes">;
}

const eventLimit = 16;
/** A slow neighbour's word counts for so long after the address came into use. */
const lateObjectionMs = 2_000;

/**
 * Keeps a lease on one interface until `signal` aborts: an event whenever it is given, renewed or lost. Aborted with
 * `notNeeded` it gives the lease back.
 */
export async function* keepLease(options: DhcpOptions): AsyncGenerator<LeaseEvent, void, undefined> {
  using session = new Session(options);
  yield* session.events;
}

/** The client with its clock and its network. */
class Session implements Disposable {
  readonly events = new Queue<LeaseEvent>(eventLimit);
  readonly #options: DhcpOptions;
  readonly #client: DhcpClient;
  readonly #clock: DhcpClock;
  readonly #stopped = new AbortController();
  readonly #alarm: Alarm;
  #probing: Disposable | undefined;
  /** Who spoke for the server: the server itself or the router before it. */
  #station: Uint8Array | undefined;

  constructor(options: DhcpOptions) {
    const { signal, clock = systemClock } = options;
    this.#options = options;
    this.#clock = clock;
    this.#client = new DhcpClient(options);
    this.#alarm = new Alarm(clock, () => this.#guarded(async () => this.#apply(this.#client.wake(clock.now()))));
    const lifetime = AbortSignal.any([signal, this.#stopped.signal]);
    this.#guarded(async () => {
      await this.#listen(lifetime);
      if (signal.reason === notNeeded) this.#transmit(this.#client.release(clock.now()));
      this.events.close();
    });
    this.#guarded(() => this.#follow(lifetime));
    this.#guarded(async () => this.#apply(this.#client.start(clock.now())));
  }

  [Symbol.dispose](): void {
    this.#stopped.abort();
    this.#alarm[Symbol.dispose]();
    this.#probing?.[Symbol.dispose]();
  }

  async #listen(signal: AbortSignal): Promise<void> {
    for await (const { packet, from } of this.#options.transport.packets(signal)) {
      const message = decodeDhcpMessage(decodePacket(packet)?.payload ?? new Uint8Array(0));
      const step = message === undefined ? undefined : this.#client.receive(this.#clock.now(), message);
      if (step?.event?.kind === "bound" || step?.check !== undefined) this.#station = from;
      this.#apply(step);
    }
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const { name } = this.#options;
    if (name === undefined) return;
    for await (const hostname of name.changes(signal)) {
      this.#apply(this.#client.rename(this.#clock.now(), hostname));
    }
  }

  #apply(step: Step | undefined): void {
    if (step === undefined) return;
    const { send, wakeAtMs, event, check } = step;
    if (event !== undefined) this.events.push(event);
    if (event?.kind === "lost" || event?.kind === "declined") this.#stopProbing();
    if (check !== undefined) this.#probe(check);
    this.#transmit(send);
    this.#alarm.set(wakeAtMs);
  }

  #transmit(send: Step["send"]): void {
    if (send === undefined) return;
    const { message, destination } = send;
    const packet = encodePacket({ source: message.clientAddress, destination, payload: encodeDhcpMessage(message) });
    this.#options.transport.send(packet, destination === "255.255.255.255" ? undefined : this.#station);
  }

  #probe(address: string): void {
    this.#stopProbing();
    using both = new DisposableStack();
    const object = () => this.#guarded(async () => this.#apply(this.#client.conflict(this.#clock.now())));
    const asked = this.#options.transport.probe?.(address, object);
    if (asked !== undefined) both.use(asked);
    both.use(this.#clock.after(lateObjectionMs, () => this.#stopProbing()));
    this.#probing = both.move();
  }

  #stopProbing(): void {
    this.#probing?.[Symbol.dispose]();
    this.#probing = undefined;
  }

  /** What fails ends the events with its reason. */
  #guarded(action: () => Promise<void>): void {
    action().catch((thrown: unknown) => this.events.close(thrown));
  }
}
