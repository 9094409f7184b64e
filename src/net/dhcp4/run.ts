import { Queue } from "../../async/queue.ts";
import { DhcpClient, type DhcpClientOptions, type LeaseEvent, type Step } from "./client.ts";
import { decodeDhcpMessage, encodeDhcpMessage } from "./message.ts";
import { decodePacket, encodePacket } from "./packet.ts";

/** A way to the network of one interface. Packets start with the IP header; the link's header is the other side's. */
export interface DhcpTransport {
  /** @param to hardware address; everyone's when left out. */
  send(packet: Uint8Array, to?: Uint8Array): void;
  /** What arrives from the moment of the call until `signal` aborts. */
  packets(signal: AbortSignal): AsyncIterable<{ readonly packet: Uint8Array; readonly from: Uint8Array }>;
}

export interface DhcpClock {
  /** Milliseconds on a clock that never jumps. */
  now(): number;
  /** Calls back once after `ms`, unless disposed of first. */
  after(ms: number, callback: () => void): Disposable;
}

/** The longest wait setTimeout can take; longer ones are waited for in pieces. */
const longestTimerMs = 2 ** 31 - 1;

export const systemClock: DhcpClock = {
  now: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, Math.min(ms, longestTimerMs));
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  },
};

export interface DhcpOptions extends DhcpClientOptions {
  readonly transport: DhcpTransport;
  readonly signal: AbortSignal;
  readonly clock?: DhcpClock;
}

const eventLimit = 16;

/** Keeps a lease on one interface until `signal` aborts: an event whenever it is given, renewed or lost. */
export async function* keepLease(options: DhcpOptions): AsyncGenerator<LeaseEvent, void, undefined> {
  const { transport, clock = systemClock, signal } = options;
  using events = new Queue<LeaseEvent>(eventLimit);
  const client = new DhcpClient(options);
  const stopped = new AbortController();
  const lifetime = AbortSignal.any([signal, stopped.signal]);
  let timer: Disposable | undefined;
  let station: Uint8Array | undefined;
  let source = "0.0.0.0";

  const apply = ({ send, wakeAtMs, event }: Step) => {
    if (event?.kind === "bound") source = event.lease.address;
    if (event !== undefined) events.push(event);
    if (send !== undefined) {
      const isHeld = send.message.clientAddress !== "0.0.0.0";
      const payload = encodeDhcpMessage(send.message);
      const packet = encodePacket({ source: isHeld ? source : "0.0.0.0", destination: send.destination, payload });
      // A renewal goes to the station that spoke for the server: the server itself or the router before it.
      transport.send(packet, send.destination === "255.255.255.255" ? undefined : station);
    }
    wakeAt(wakeAtMs);
  };
  const wakeAt = (atMs: number) => {
    timer?.[Symbol.dispose]();
    if (atMs === Number.POSITIVE_INFINITY) return;
    timer = clock.after(Math.max(0, atMs - clock.now()), () => {
      if (clock.now() < atMs) wakeAt(atMs);
      else guarded(() => apply(client.wake(clock.now())));
    });
  };
  const guarded = (action: () => void) => {
    try {
      action();
    } catch (thrown) {
      events.close(thrown);
    }
  };
  const listen = async () => {
    for await (const { packet, from } of transport.packets(lifetime)) {
      const message = decodeDhcpMessage(decodePacket(packet)?.payload ?? new Uint8Array(0));
      const step = message === undefined ? undefined : client.receive(clock.now(), message);
      if (step === undefined) continue;
      if (step.event?.kind === "bound") station = from;
      apply(step);
    }
    events.close();
  };

  try {
    const listening = listen().catch((thrown: unknown) => events.close(thrown));
    guarded(() => apply(client.start(clock.now())));
    yield* events;
    stopped.abort();
    await listening;
  } finally {
    stopped.abort();
    timer?.[Symbol.dispose]();
  }
}
