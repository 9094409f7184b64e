import type { DhcpClock } from "../dhcp/alarm.ts";
import { Session } from "../dhcp/session.ts";
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

/**
 * Keeps addresses for one interface until `signal` aborts: an event whenever they are given, renewed or lost. Aborted
 * with `notNeeded` it gives them back.
 */
export async function* keepAddresses(options: Dhcp6Options): AsyncGenerator<Dhcp6Event, void, undefined> {
  const { transport, clock, signal } = options;
  const client = new Dhcp6Client(options);
  using session = new Session<Dhcp6Step>({
    ...{ client, clock, signal },
    transmit: (message) => transport.send(encodeDhcp6Message(message)),
  });
  session.start(async (lifetime) => {
    for await (const datagram of transport.datagrams(lifetime)) {
      const message = decodeDhcp6Message(datagram);
      if (message !== undefined) session.apply(client.receive(session.nowMs, message));
    }
  });
  session.run(async (lifetime) => {
    for await (const address of transport.conflicts?.(lifetime) ?? []) {
      session.apply(client.conflict(session.nowMs, address));
    }
  });
  yield* session.events;
}
