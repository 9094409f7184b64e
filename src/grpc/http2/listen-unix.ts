import { chmod, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { Failure } from "../../errors/failure.ts";
import { type Connection, type Listener, listening, stopListening } from "./listener.ts";
import { peerOf } from "./peer.ts";

/**
 * Listens on a unix socket; one that is left over from an earlier run is replaced.
 * @param mode permission bits of the socket: who may connect.
 * @throws Failure naming the path.
 */
export async function listenUnix(
  path: string,
  mode: number,
  onConnection: (connection: Connection) => void,
): Promise<Listener> {
  const server = createServer((socket) => onConnection({ bytes: socket, peer: peerOf(socket) }));
  try {
    await rm(path, { force: true });
    await listening(server, { path });
    await chmod(path, mode);
  } catch (cause) {
    server.close();
    throw new Failure(`Cannot listen on "${path}"`, { cause });
  }
  return { port: 0, [Symbol.asyncDispose]: () => stopListening(server) };
}
