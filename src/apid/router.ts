import { requireRole } from "../grpc/authorize.ts";
import { ClientCall } from "../grpc/client/client-call.ts";
import type { IncomingStream } from "../grpc/http2/stream-server.ts";
import { maximumMessageBytes } from "../grpc/message-framer.ts";
import { metadataFromHeaders } from "../grpc/metadata.ts";
import { endWithStatus } from "../grpc/proxy/end-with-status.ts";
import { joinResponses, joinStreams, type NodeAnswer } from "../grpc/proxy/fan-out.ts";
import { serveCall } from "../grpc/server/serve-call.ts";
import { ServerCall } from "../grpc/server/server-call.ts";
import { Code, StatusError } from "../grpc/status.ts";
import type { Role } from "../pki/role.ts";
import { methodAt } from "../proto/methods.ts";
import type { BackendOptions, Backends } from "./backends.ts";
import { backendsOfClient } from "./backends-of-client.ts";
import { callerRoles } from "./caller-roles.ts";
import { authorityOf, forwardedMetadata } from "./forwarded-headers.ts";
import { pass } from "./pass.ts";
import { routeOf } from "./route.ts";

/** Takes in the calls of clients, and sends each where it belongs if the client may make it. */
export function createRouter(options: BackendOptions): (incoming: IncomingStream) => void {
  const backendsFor = backendsOfClient(options);
  return (incoming) => {
    try {
      const metadata = metadataFromHeaders(incoming.rawHeaders);
      const roles = callerRoles(incoming.peer, metadata);
      requireRole(incoming.path, roles);
      const route = routeOf(incoming.path, metadata);
      const backends = backendsFor(incoming);
      if (route.to === "nodes") void fanOut(incoming, route.nodes, roles, backends);
      else void pass(incoming, roles, route.to === "node" ? backends.node(route.node) : backends.machine());
    } catch (thrown) {
      endWithStatus(incoming.stream, thrown);
    }
  };
}

async function fanOut(
  incoming: IncomingStream,
  nodes: readonly string[],
  roles: ReadonlySet<Role>,
  backends: Backends,
): Promise<void> {
  const call = new ServerCall(incoming);
  await serveCall(call, async () => {
    const kind = methodAt(incoming.path)?.kind ?? "unary";
    const requests = call.requests(maximumMessageBytes);
    const sendsMany = kind === "clientStream" || kind === "bidi";
    if (sendsMany && nodes.length > 1) {
      throw new StatusError(Code.invalidArgument, `one-2-many proxying is not supported for method ${incoming.path}`);
    }
    // One request is read once and sent to each; a stream of them goes as it comes, to the one node it is for.
    const body = sendsMany ? requests : await Array.fromAsync(requests);
    const metadata = forwardedMetadata(call.metadata, roles, authorityOf(incoming.headers));
    const answers = nodes.map((node): NodeAnswer => ({ node, messages: ask(node) }));

    async function* ask(node: string): AsyncGenerator<Uint8Array> {
      using nodeCall = new ClientCall(await backends.node(node), call.method, { metadata, signal: call.signal });
      nodeCall.send(body).catch((thrown) => nodeCall.cancel(new StatusError(Code.cancelled, String(thrown))));
      yield* nodeCall.responses();
    }

    if (kind === "serverStream" || kind === "bidi") await joinStreams(answers, (...parts) => call.write(...parts));
    else await call.write(...(await joinResponses(answers)));
  });
}
