import { messageOf } from "../../errors/message.ts";
import type { Decoded, Encodable, Message } from "../../proto/message.ts";
import { Code, StatusError } from "../status.ts";
import type { Target } from "../target.ts";
import type { CallOptions, Channel, RemoteMethod } from "./channel.ts";
import { ClientCall } from "./client-call.ts";
import { Connection } from "./connection.ts";

export interface ConnectOptions {
  /** The server, or several equal ones, of which the first that answers is used. */
  readonly target: Target | readonly Target[];
  /** Metadata of every call; that of a call itself comes on top. */
  readonly metadata?: CallOptions["metadata"];
  /** How long each server may take to answer at all; default 20 s. */
  readonly connectTimeoutMs?: number;
}

/** A channel to a server. Nothing is connected before the first call. */
export function connect({ target, metadata, connectTimeoutMs }: ConnectOptions): Channel {
  const connection = new Connection("map" in target ? target : [target], connectTimeoutMs);

  async function* call<Q extends Message, R extends Message>(
    method: RemoteMethod<Q, R>,
    requests: AsyncIterable<Encodable<Q>> | Iterable<Encodable<Q>>,
    options: CallOptions = {},
  ): AsyncGenerator<Decoded<R>, void, undefined> {
    const session = await connection.session();
    using call = new ClientCall(session, method.path, { ...options, metadata: { ...metadata, ...options.metadata } });
    const sending = call.send(encoded(method.request, requests));
    // Requests that fail to come end the call; its status is then that failure.
    sending.catch((thrown) => call.cancel(new StatusError(Code.cancelled, messageOf(thrown), { cause: thrown })));
    for await (const response of call.responses()) yield decoded(method.response, response);
  }

  return {
    unary: (method, request, options) => only(call(method, [request], options)),
    serverStream: (method, request, options) => call(method, [request], options),
    clientStream: (method, requests, options) => only(call(method, requests, options)),
    bidi: (method, requests, options) => call(method, requests, options),
    close: () => connection[Symbol.dispose](),
    [Symbol.dispose]: () => connection[Symbol.dispose](),
  };
}

async function* encoded<M extends Message>(
  type: M,
  messages: AsyncIterable<Encodable<M>> | Iterable<Encodable<M>>,
): AsyncGenerator<Uint8Array> {
  for await (const message of messages) yield type.encode(message).finish();
}

function decoded<M extends Message>(type: M, bytes: Uint8Array): Decoded<M> {
  try {
    return type.decode(bytes) as Decoded<M>;
  } catch (thrown) {
    throw new StatusError(Code.internal, `Cannot decode the response: ${messageOf(thrown)}`);
  }
}

/** The one response of a method that has exactly one; waits for the status that follows it. */
async function only<T>(responses: AsyncIterable<T>): Promise<T> {
  let found: { readonly response: T } | undefined;
  for await (const response of responses) found = { response };
  if (found === undefined) throw new StatusError(Code.internal, "The server sent no response");
  return found.response;
}
