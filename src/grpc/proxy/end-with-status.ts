import type { ServerHttp2Stream } from "node:http2";
import { flushSoon } from "../http2/flush.ts";
import { stopReceiving } from "../http2/stop-receiving.ts";
import { statusOf } from "../status.ts";
import { encodeStatusMessage } from "../status-message.ts";

/** Ends a relayed call with a status of our own. */
export function endWithStatus(stream: ServerHttp2Stream, error: unknown): void {
  if (stream.destroyed || stream.closed) return;
  const { code, message } = statusOf(error);
  const status = { "grpc-status": String(code), "grpc-message": encodeStatusMessage(message) };
  stopReceiving(stream);
  if (stream.headersSent) {
    // The relay's own listener would answer with the trailers of a backend that sent none.
    stream.removeAllListeners("wantTrailers");
    stream.once("wantTrailers", () => stream.sendTrailers(status));
    stream.end();
  } else {
    stream.respond({ ":status": 200, "content-type": "application/grpc", ...status }, { endStream: true });
  }
  flushSoon(stream.session);
}
