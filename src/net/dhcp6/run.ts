import { Queue } from "../../async/queue.ts";
import { Alarm, type DhcpClock, systemClock } from "../dhcp/alarm.ts";
import { notNeeded } from "../dhcp/not-needed.ts";
import { Dhcp6Client, type Dhcp6ClientOptions, type Dhcp6Event, type Dhcp6Step } from "./client.ts";
import { decodeDhcp6Message, encodeDhcp6Message } from "./message.ts";

/** A way to the DHCPv6 servers of one link. */
export interface Dhcp6Transport {
  /** Sends a datagram to all servers and relays. */
  send(datagram: Uint8Array): void;
  /** Datagrams that arrive from the moment of the call until `signal` aborts. */
  datagrams(signal: AbortSignal): AsyncIterable<Uint8Array>;
  /** Our addresses that another machine has as well, as the kernel finds out. */
  conflicts?(signal: AbortSignal): AsyncIterable<string>;
}

export interface Dhcp6Options extends Dhcp6ClientOptions {
  readonly transport: Dhcp6Transport;
  readonly signal: AbortSignal;
  readonly clock?: DhcpClock;
}

const eventLimit = 16;

/**
 * Keeps addresses for one interface until `signal` aborts: an event whenever they are given, renewed or lost. Aborted
 * with `notNeeded` it gives them back.
 */
export async function* keepAddresses(options: Dhcp6Options): AsyncGenerator<Dhcp6Event, void, undefined> {
  using session = new Session(options);
  yield* session.events;
}

/** The client with its clock and its network. */
class Session implements Disposable {
  readonly events = new Queue<Dhcp6Event>(eventLimit);
  readonly #transport: Dhcp6Transport;
  readonly #client: Dhcp6Client;
  readonly #clock: DhcpClock;
  readonly #stopped = new AbortController();
  readonly #alarm: Alarm;

  constructor(options: Dhcp6Options) {
    const { signal, clock = systemClock, transport } = options;
    this.#transport = transport;
    this.#clock = clock;
    this.#client = new Dhcp6Client(options);
    this.#alarm = new Alarm(clock, () => this.#guarded(async () => this.#apply(this.#client.wake(clock.now()))));
    const lifetime = AbortSignal.any([signal, this.#stopped.signal]);
    this.#guarded(async () => {
      await this.#listen(lifetime);
      const farewell = signal.reason === notNeeded ? this.#client.release(clock.now()) : undefined;
      if (farewell !== undefined) transport.send(encodeDhcp6Message(farewell));
      this.events.close();
    });
    this.#guarded(async () => {
      for await (const address of transport.conflicts?.(lifetime) ?? []) {
        this.#apply(this.#client.conflict(clock.now(), address));
      }
    });
    this.#guarded(async () => this.#apply(this.#client.start(clock.now())));
  }

  [Symbol.dispose](): void {
    this.#stopped.abort();
    this.#alarm[Symbol.dispose]();
  }

  async #listen(signal: AbortSignal): Promise<void> {
    for await (const datagram of this.#transport.datagrams(signal)) {
      const message = decodeDhcp6Message(datagram);
      if (message !== undefined) this.#apply(this.#client.receive(this.#clock.now(), message));
    }
  }

  #apply(step: Dhcp6Step | undefined): void {
    if (step === undefined) return;
    if (step.event !== undefined) this.events.push(step.event);
    if (step.send !== undefined) this.#transport.send(encodeDhcp6Message(step.send));
    this.#alarm.set(step.wakeAtMs);
  }

  /** What fails ends the events with its reason. */
  #guarded(action: () => Promise<void>): void {
    action().catch((thrown: unknown) => this.events.close(thrown));
  }
}
