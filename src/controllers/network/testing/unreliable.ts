import { Queue } from "../../../async/queue.ts";
import type { DhcpTransport } from "../../../net/dhcp4/run.ts";
import type { Dhcp6Transport } from "../../../net/dhcp6/run.ts";

export interface Unreliability {
  /** Of a packet, in either direction. */
  readonly lossRate: number;
  readonly repeatRate: number;
  /** Each copy is late by up to so much, so that they overtake one another. */
  readonly longestDelayMs: number;
  readonly seed: number;
}

/** Hands something on, or not. */
type Pass = (deliver: () => void) => void;

function unreliably({ seed, lossRate, repeatRate, longestDelayMs }: Unreliability): Pass {
  let state = seed;
  // The generator of ANSI C's example: good enough to be unpleasant.
  const random = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) / 2 ** 24;
  };
  return (deliver) => {
    const copies = random() < lossRate ? 0 : 1 + Number(random() < repeatRate);
    for (let copy = 0; copy < copies; copy += 1) setTimeout(deliver, random() * longestDelayMs);
  };
}

function late<T>(arriving: AsyncIterable<T>, pass: Pass): AsyncIterable<T> {
  const queue = new Queue<T>(64);
  const forward = async () => {
    for await (const item of arriving) pass(() => queue.push(item));
    queue.close();
  };
  void forward();
  return queue;
}

/** A network that loses, repeats, delays and so reorders packets, the same ones each time. */
export function unreliable(transport: DhcpTransport, how: Unreliability): DhcpTransport {
  const pass = unreliably(how);
  return {
    ...transport,
    send: (packet, to) => pass(() => transport.send(packet, to)),
    packets: (signal) => late(transport.packets(signal), pass),
  };
}

/** The same for IPv6. */
export function unreliable6(transport: Dhcp6Transport, how: Unreliability): Dhcp6Transport {
  const pass = unreliably(how);
  return {
    ...transport,
    send: (datagram) => pass(() => transport.send(datagram)),
    datagrams: (signal) => late(transport.datagrams(signal), pass),
  };
}
