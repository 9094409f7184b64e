import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { messageOf } from "../../../errors/message.ts";
import { decodeDhcpMessage, encodeDhcpMessage } from "../../../net/dhcp4/message.ts";
import { clientPort, serverPort } from "../../../net/dhcp4/packet.ts";
import { answerDhcp, type DhcpServerOptions, type Reservation } from "../../../net/dhcp4/server.ts";

export interface ServeDhcp extends Omit<DhcpServerOptions, "reservations"> {
  /** JSON of the reservations. Read anew for each question, so that a cluster can grow. */
  readonly reservationsFile: string;
  log(line: string): void;
  /** Told of a machine that is not known; it is not answered. */
  unknown?(): void;
}

const everybody = "255.255.255.255";

/**
 * Gives a cluster's machines their addresses. Two sockets, because one that is bound to an address hears no broadcast,
 * and only from such a one do broadcasts leave by that address's link. Other servers on this host may do the same.
 */
export async function serveDhcp({ reservationsFile, log, unknown, ...options }: ServeDhcp): Promise<Disposable> {
  const sockets = [everybody, options.serverAddress].map(() => createSocket({ type: "udp4", reuseAddr: true }));
  const [listener, talker] = sockets;
  if (listener === undefined || talker === undefined) throw new Error("no sockets");
  await bind(listener, everybody);
  await bind(talker, options.serverAddress);
  talker.setBroadcast(true);
  for (const socket of sockets)
    socket.on("message", (bytes: Uint8Array) => void answer(bytes).catch((error) => log(`DHCP: ${messageOf(error)}`)));
  return {
    [Symbol.dispose]() {
      for (const socket of sockets) socket.close();
    },
  };

  async function answer(bytes: Uint8Array): Promise<void> {
    const message = decodeDhcpMessage(bytes);
    if (message === undefined) return;
    const reservations: Reservation[] = JSON.parse(await readFile(reservationsFile, "utf8"));
    const reply = answerDhcp({ ...options, reservations }, message);
    if (reply === undefined) return unknown?.();
    // A client that has an address can be reached there, others only with everybody else.
    const to = message.clientAddress === "0.0.0.0" ? everybody : message.clientAddress;
    talker?.send(encodeDhcpMessage(reply), clientPort, to);
    log(`DHCP ${reply.yourAddress} to ${to}`);
  }
}

async function bind(socket: Socket, address: string): Promise<void> {
  const bound = once(socket, "listening");
  socket.bind(serverPort, address);
  await bound;
}
