import type { MetadataInit } from "../metadata.ts";
import type { CallOptions, Channel } from "./channel.ts";

/** The same connection, with this metadata on every call; that of a call itself comes first. Closing it does nothing. */
export function withMetadata(channel: Channel, metadata: MetadataInit): Channel {
  const also = (options: CallOptions = {}): CallOptions => ({
    ...options,
    metadata: { ...metadata, ...options.metadata },
  });
  return {
    unary: (method, request, options) => channel.unary(method, request, also(options)),
    serverStream: (method, request, options) => channel.serverStream(method, request, also(options)),
    clientStream: (method, requests, options) => channel.clientStream(method, requests, also(options)),
    bidi: (method, requests, options) => channel.bidi(method, requests, also(options)),
    close: () => undefined,
    [Symbol.dispose]: () => undefined,
  };
}
