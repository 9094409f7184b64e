import type { IncomingHttpHeaders, OutgoingHttpHeaders, ServerHttp2Stream } from "node:http2";
import { type ClientHttp2Session, type ClientHttp2Stream, constants, type Http2Stream } from "node:http2";
import { flushSoon } from "../http2/flush.ts";
import { stopReceiving } from "../http2/stop-receiving.ts";
import { Code, StatusError } from "../status.ts";
import { endWithStatus } from "./end-with-status.ts";

/** Headers that belong to one hop of HTTP/2. */
const hopHeaders = new Set(["connection", "keep-alive", "transfer-encoding", "date"]);

export interface RelayLimits {
  /** Of all that the client sends, framing included. */
  readonly requestBytes?: number;
}

/**
 * Carries one call on to another server, byte for byte and both ways, with the other's headers, trailers and pace.
 * Whoever of the two ends the call ends it for the other.
 */
export function relay(
  client: ServerHttp2Stream,
  backend: ClientHttp2Session,
  headers: OutgoingHttpHeaders,
  { requestBytes }: RelayLimits = {},
): void {
  if (client.destroyed || client.closed) return;
  const upstream = backend.request(headers, { endStream: false });
  let trailers: IncomingHttpHeaders | undefined;

  client.on("error", ignore); // "close" follows
  client.once("close", () => closeUpstream(upstream));
  if (requestBytes !== undefined) limit(client, upstream, requestBytes);
  copy(client, upstream);
  client.once("end", () => {
    upstream.end();
    flushSoon(backend);
  });

  upstream.on("error", ignore);
  upstream.on("response", (response, flags) => {
    const answer = forwardable(response);
    stopReceiving(client);
    if ((flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0) {
      client.respond(answer, { endStream: true });
    } else {
      client.once("wantTrailers", () => client.sendTrailers(trailers === undefined ? {} : forwardable(trailers)));
      client.respond(answer, { waitForTrailers: true });
      copy(upstream, client);
    }
    flushSoon(client.session);
  });
  upstream.once("trailers", (received) => {
    trailers = received;
  });
  // Not at "end": trailers may come after it.
  upstream.once("close", () => {
    if (client.destroyed || client.closed) return;
    if (trailers !== undefined) client.end();
    else endWithStatus(client, new StatusError(Code.unavailable, "The connection to the machine ended"));
    flushSoon(client.session);
  });
}

/** Ends a call whose request grows too long for whoever would have to hold it. */
function limit(client: ServerHttp2Stream, upstream: ClientHttp2Stream, requestBytes: number): void {
  let received = 0;
  client.on("data", (chunk: Buffer) => {
    received += chunk.length;
    if (received <= requestBytes) return;
    endWithStatus(client, new StatusError(Code.resourceExhausted, `The request is over ${requestBytes} bytes`));
    closeUpstream(upstream);
  });
}

/** Copies what comes from one stream to the other, no faster than that takes it. */
function copy(from: Http2Stream, to: Http2Stream): void {
  const resume = () => from.resume();
  to.on("drain", resume);
  from.on("data", (chunk: Buffer) => {
    if (to.destroyed || to.closed) return;
    if (!to.write(chunk)) from.pause();
    flushSoon(to.session);
  });
}

function closeUpstream(upstream: ClientHttp2Stream): void {
  if (upstream.closed) return;
  const { session } = upstream;
  upstream.close(constants.NGHTTP2_CANCEL);
  flushSoon(session);
}

function forwardable(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !hopHeaders.has(name)));
}

const ignore = (): void => undefined;
