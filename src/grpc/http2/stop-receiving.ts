import { constants, type ServerHttp2Stream } from "node:http2";
import { flushSoon } from "./flush.ts";

/**
 * Once the response is out, tells a client that is still sending that nobody reads it any more, RFC 9113, 8.1.
 * Otherwise it would wait for room for ever, and what it has sent take up its connection's window. To be called before
 * the response ends.
 */
export function stopReceiving(stream: ServerHttp2Stream): void {
  stream.once("finish", () => {
    // Nearly all clients have said by then that they are done, and the stream closes by itself.
    setImmediate(() => {
      if (stream.closed || stream.destroyed) return;
      const { session } = stream;
      stream.close(constants.NGHTTP2_NO_ERROR);
      flushSoon(session);
    });
  });
}
