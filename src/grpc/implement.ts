import { messageOf } from "../errors/message.ts";
import type { Decoded, Encodable, Message } from "../proto/message.ts";
import type { Rpc } from "../proto/method.ts";
import type { Call } from "./call.ts";
import type { Handler, HandlerFunction, HandlerFunctions } from "./handler.ts";
import { Code, StatusError } from "./status.ts";

/** Joins a method and the function that serves it: the one place where messages lose and gain their types. */
export function implement<R extends Rpc>(rpc: R, serve: HandlerFunction<R>): Handler {
  const { request, response, kind } = rpc;
  // The compiler cannot follow that a kind picks its member of HandlerFunctions; `R["kind"]` in the signature can.
  const functions = { [kind]: serve } as unknown as HandlerFunctions<Rpc>;
  const decode = (bytes: Uint8Array) => decodeRequest(request, bytes);
  const encode = (message: Encodable<Message>) => encodeResponse(response, message);

  switch (kind) {
    case "unary":
      return {
        kind,
        async *serve(requests, call) {
          yield encode(await functions.unary(decode(await only(requests)), call));
        },
      };
    case "serverStream":
      return {
        kind,
        async *serve(requests, call) {
          for await (const reply of functions.serverStream(decode(await only(requests)), call)) yield encode(reply);
        },
      };
    case "clientStream":
      return {
        kind,
        async *serve(requests, call: Call) {
          yield encode(await functions.clientStream(mapped(requests, decode), call));
        },
      };
    case "bidi":
      return {
        kind,
        async *serve(requests, call: Call) {
          for await (const reply of functions.bidi(mapped(requests, decode), call)) yield encode(reply);
        },
      };
  }
}

function decodeRequest<M extends Message>(type: M, bytes: Uint8Array): Decoded<M> {
  try {
    return type.decode(bytes) as Decoded<M>;
  } catch (thrown) {
    throw new StatusError(Code.invalidArgument, `Cannot decode the request: ${messageOf(thrown)}`);
  }
}

function encodeResponse<M extends Message>(type: M, message: Encodable<M>): Uint8Array {
  return type.encode(message).finish();
}

/** The one request of a method that has exactly one. */
async function only(requests: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  let found: Uint8Array | undefined;
  for await (const request of requests) {
    if (found !== undefined) throw new StatusError(Code.internal, "Cannot serve the call: it carries several requests");
    found = request;
  }
  if (found === undefined) throw new StatusError(Code.internal, "Cannot serve the call: it carries no request");
  return found;
}

async function* mapped<In, Out>(items: AsyncIterable<In>, change: (item: In) => Out): AsyncGenerator<Out> {
  for await (const item of items) yield change(item);
}
