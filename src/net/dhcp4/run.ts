import type { Latest } from "../../async/latest.ts";
import { type DhcpClock, systemClock } from "../dhcp/alarm.ts";
import { Session } from "../dhcp/session.ts";
import { DhcpClient, type DhcpClientOptions, everyone, type LeaseEvent, type Step } from "./client.ts";
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

/** A slow neighbour's word counts for so long after the address came into use. */
const lateObjectionMs = 2_000;

/**
 * Keeps a lease on one interface until `signal` aborts: an event whenever it is given, renewed or lost. Aborted with
 * `notNeeded` it gives the lease back.
 */
export async function* keepLease(options: DhcpOptions): AsyncGenerator<LeaseEvent, void, undefined> {
  const { transport, clock = systemClock, signal, name } = options;
  const client = new DhcpClient(options);
  /** Who spoke for the server: the server itself or the router before it. */
  let station: Uint8Array | undefined;
  using session = new Session<Step>({
    ...{ client, clock, signal },
    transmit({ message, destination }) {
      const packet = encodePacket({ source: message.clientAddress, destination, payload: encodeDhcpMessage(message) });
      transport.send(packet, destination === everyone ? undefined : station);
    },
    onStep({ event, check }) {
      if (event?.kind === "lost" || event?.kind === "declined") objections.stop();
      if (check !== undefined) objections.listenFor(check);
    },
  });
  using objections = new Objections(transport, clock, () =>
    session.run(async () => session.apply(client.conflict(session.nowMs))),
  );
  session.start(async (lifetime) => {
    for await (const { packet, from } of transport.packets(lifetime)) {
      const message = decodeDhcpMessage(decodePacket(packet)?.payload ?? new Uint8Array(0));
      const step = message === undefined ? undefined : client.receive(session.nowMs, message);
      if (step?.event?.kind === "bound" || step?.check !== undefined) station = from;
      session.apply(step);
    }
  });
  session.run(async (lifetime) => {
    for await (const hostname of name?.changes(lifetime) ?? []) session.apply(client.rename(session.nowMs, hostname));
  });
  yield* session.events;
}

/** What neighbours have to say against an address, while it is checked and for a while after. */
class Objections implements Disposable {
  readonly #transport: DhcpTransport;
  readonly #clock: DhcpClock;
  readonly #onConflict: () => void;
  #listening: Disposable | undefined;

  constructor(transport: DhcpTransport, clock: DhcpClock, onConflict: () => void) {
    this.#transport = transport;
    this.#clock = clock;
    this.#onConflict = onConflict;
  }

  [Symbol.dispose](): void {
    this.stop();
  }

  listenFor(address: string): void {
    this.stop();
    using both = new DisposableStack();
    const probe = this.#transport.probe?.(address, this.#onConflict);
    if (probe !== undefined) both.use(probe);
    both.use(this.#clock.after(lateObjectionMs, () => this.stop()));
    this.#listening = both.move();
  }

  stop(): void {
    this.#listening?.[Symbol.dispose]();
    this.#listening = undefined;
  }
}
