import type { ClientHttp2Session } from "node:http2";
import type { IncomingStream } from "../grpc/http2/stream-server.ts";
import { endWithStatus } from "../grpc/proxy/end-with-status.ts";
import { type RelayLimits, relay } from "../grpc/proxy/relay.ts";
import type { Role } from "../pki/role.ts";
import { forwardedHeaders } from "./forwarded-headers.ts";

/** Carries a call on as it is, with its caller's roles. Never rejects: trouble is told to the client. */
export async function pass(
  incoming: IncomingStream,
  roles: ReadonlySet<Role>,
  backend: Promise<ClientHttp2Session>,
  limits?: RelayLimits,
): Promise<void> {
  incoming.stream.on("error", () => undefined); // the client may go while we connect
  try {
    relay(incoming.stream, await backend, forwardedHeaders(incoming, roles), limits);
  } catch (thrown) {
    endWithStatus(incoming.stream, thrown);
  }
}
