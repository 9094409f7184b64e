import { packetBytes } from "../../src/net/ntp/packet.ts";
import { writeTimestamp } from "../../src/net/ntp/timestamp.ts";

/** Leap none, version 4, from a server (RFC 5905, 7.3). */
const head = [0x24, 2];
const [originateAt, receiveAt, transmitAt] = [24, 32, 40];

/** A time server that tells what it is told to, at 127.0.0.1. */
export interface TimeServer extends Disposable {
  /** How far it is from this computer's clock. */
  offsetMs: number;
}

/** @param port 123 is the only one that machines ask; it takes root */
export async function startTimeServer(port: number, offsetMs = 0): Promise<TimeServer> {
  const told = { offsetMs };
  const socket = await Bun.udpSocket({
    ...{ hostname: "127.0.0.1", port },
    socket: {
      data(server, query, from, address) {
        if (query.length < packetBytes) return;
        const answer = new Uint8Array(packetBytes);
        answer.set(head);
        answer.set(query.subarray(transmitAt, packetBytes), originateAt);
        const view = new DataView(answer.buffer);
        for (const at of [receiveAt, transmitAt]) writeTimestamp(view, at, Date.now() + told.offsetMs);
        server.send(answer, from, address);
      },
    },
  });
  return Object.assign(told, { [Symbol.dispose]: () => socket.close() });
}
