import type { IncomingStream } from "../grpc/http2/stream-server.ts";
import { Code, StatusError } from "../grpc/status.ts";
import { type BackendOptions, Backends } from "./backends.ts";

/** Finds the connections of the client that a stream comes from, which close with the client's own. */
export function backendsOfClient(options: BackendOptions): (incoming: IncomingStream) => Backends {
  const known = new WeakMap<object, Backends>();
  return ({ stream }) => {
    const { session } = stream;
    if (session === undefined) throw new StatusError(Code.cancelled, "The client has gone");
    return known.getOrInsertComputed(session, () => {
      const backends = new Backends(options);
      session.once("close", () => backends[Symbol.dispose]());
      return backends;
    });
  };
}
