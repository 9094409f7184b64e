import { Queue } from "../../../async/queue.ts";
import type { DhcpTransport } from "../../../net/dhcp4/run.ts";

export interface Unreliability {
  /** Of a packet, in either direction. */
  readonly lossRate: number;
  readonly repeatRate: number;
  /** Each copy is late by up to so much, so that they overtake one another. */
  readonly longestDelayMs: number;
  readonly seed: number;
}

/** A network that loses, repeats, delays and so reorders packets, the same ones each time. */
export function unreliable(transport: DhcpTransport, how: Unreliability): DhcpTransport {
  let state = how.seed;
  // The generator of ANSI C's example: good enough to be unpleasant.
  const random = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) / 2 ** 24;
  };
  const pass = (deliver: () => void) => {
    const copies = random() < how.lossRate ? 0 : 1 + Number(random() < how.repeatRate);
    for (let copy = 0; copy < copies; copy += 1) setTimeout(deliver, random() * how.longestDelayMs);
  };
  return {
    ...transport,
    send: (packet, to) => pass(() => transport.send(packet, to)),
    packets(signal) {
      const late = new Queue<{ readonly packet: Uint8Array; readonly from: Uint8Array }>(64);
      const forward = async () => {
        for await (const received of transport.packets(signal)) pass(() => late.push(received));
        late.close();
      };
      void forward();
      return late;
    },
  };
}
