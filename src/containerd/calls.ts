import type { CallOptions, Channel, RemoteMethod } from "../grpc/client/channel.ts";
import type { Message } from "../proto/message.ts";

export type { CallOptions };

/** Calls to containerd on behalf of one of its namespaces. */
export type Calls = Pick<Channel, "unary" | "serverStream" | "bidi">;

/** Headers by which containerd tells callers apart. */
export interface CallHeaders {
  readonly "containerd-namespace"?: string;
}

/** What is not expected to take long; calls that do, say so. */
const defaultTimeoutMs = 30_000;

/** Calls over a channel that all carry the same headers, and end at some time. */
export function callsOver(channel: Channel, headers: CallHeaders): Calls {
  const metadata = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
  const complete = ({ timeoutMs = defaultTimeoutMs, ...options }: CallOptions = {}): CallOptions => ({
    ...options,
    metadata,
    ...(Number.isFinite(timeoutMs) ? { timeoutMs } : {}),
  });
  return {
    unary: (method, request, options) => channel.unary(method, request, complete(options)),
    serverStream: (method, request, options) => channel.serverStream(method, request, complete(options)),
    bidi: (method, requests, options) => channel.bidi(method, requests, complete(options)),
  };
}

/** Declares the methods of one service: `const method = methodsOf("containerd.services.images.v1.Images")`. */
export const methodsOf =
  (service: string) =>
  <Q extends Message, R extends Message>(name: string, request: Q, response: R): RemoteMethod<Q, R> => ({
    path: `${service}/${name}`,
    request,
    response,
  });
