import type { ListenOptions, Server } from "node:net";
import type { Duplex } from "node:stream";
import type { Peer } from "../call.ts";

/** A connection that a listener has accepted: what travels on it, and who is at its other end. */
export interface Connection {
  readonly bytes: Duplex;
  readonly peer: Peer;
}

/** A socket that accepts connections until it is disposed of; connections that it has accepted live on. */
export interface Listener extends AsyncDisposable {
  /** TCP port; 0 for a unix socket. */
  readonly port: number;
}

/** Resolves when the server listens, rejects when it cannot. */
export function listening(server: Server, options: ListenOptions): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen(options, () => {
    server.off("error", reject);
    resolve();
  });
  return promise;
}

/** Accepts no more. Does not wait for open connections: those are the caller's. */
export async function stopListening(server: Server): Promise<void> {
  server.close();
}
