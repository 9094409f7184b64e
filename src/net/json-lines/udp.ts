import { Notice } from "../../async/notice.ts";
import { Failure } from "../../errors/failure.ts";
import { resolveHost } from "../resolve-host.ts";
import type { Outlet } from "./deliver.ts";

const resolveTimeoutMs = 10_000;
/** What a datagram can carry over IPv4, whose header takes more of the 65,535 bytes than that of IPv6. */
const largestDatagram = 65_507;

/**
 * Opens a way over UDP: one message a datagram. Whether they arrive nobody learns, unless nobody listens there.
 * @throws Failure when the name has no address, or nobody says one in 10 s
 */
export async function connectUdp(host: string, port: number, signal: AbortSignal): Promise<Outlet> {
  const [address = ""] = await resolveHost(host, AbortSignal.any([signal, AbortSignal.timeout(resolveTimeoutMs)]));
  const broken = new AbortController();
  const ended = AbortSignal.any([signal, broken.signal]);
  const room = new Notice();
  const socket = await Bun.udpSocket({
    connect: { hostname: address, port },
    socket: {
      data: () => {},
      drain: () => room.post(),
      error: () => broken.abort(new Failure(`Cannot send to ${host}, port ${port}: nobody listens there`)),
    },
  });
  return {
    broken: broken.signal,
    async send(lines) {
      let tooLarge = 0;
      for (const line of lines) {
        if (Buffer.byteLength(line) > largestDatagram) tooLarge += 1;
        else while (!ended.aborted && !socket.send(line)) await room.next(ended);
      }
      broken.signal.throwIfAborted();
      return tooLarge;
    },
    [Symbol.dispose]: () => socket.close(),
  };
}
