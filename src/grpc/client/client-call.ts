import { type ClientHttp2Session, type ClientHttp2Stream, constants, type IncomingHttpHeaders } from "node:http2";
import { flushSoon } from "../http2/flush.ts";
import { PacedWriter } from "../http2/paced-writer.ts";
import { frameMessage, MessageFramer } from "../message-framer.ts";
import { Code, StatusError } from "../status.ts";
import type { CallOptions } from "./channel.ts";
import { requestHeaders } from "./request-headers.ts";
import { statusFromHeaders, statusFromReset } from "./response-status.ts";

/** The client's end of one HTTP/2 stream, as gRPC sees it. Encoded messages both ways. */
export class ClientCall implements Disposable {
  readonly #stream: ClientHttp2Stream;
  readonly #closed: Promise<void>;
  readonly #session: ClientHttp2Session;
  readonly #stopWatching: () => void;
  #headers: IncomingHttpHeaders | undefined;
  #trailers: IncomingHttpHeaders | undefined;
  #failure: StatusError | undefined;

  constructor(session: ClientHttp2Session, path: string, options: CallOptions) {
    const { promise, resolve } = Promise.withResolvers<void>();
    const stream = session.request(requestHeaders(path, options), { endStream: false });
    this.#session = session;
    this.#stream = stream;
    this.#closed = promise;
    stream.on("response", (headers) => {
      this.#headers = headers;
    });
    stream.on("trailers", (trailers) => {
      this.#trailers = trailers;
    });
    stream.on("error", () => undefined); // "close" follows, with the reset code
    stream.once("close", resolve);
    this.#stopWatching = this.#watch(options);
  }

  /** Sends the requests as fast as the server takes them, then says that there are no more. */
  async send(requests: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
    const writer = new PacedWriter(this.#stream);
    for await (const request of requests) {
      if (this.#stream.closed || this.#stream.destroyed) return;
      await writer.write(frameMessage(request));
    }
    this.#stream.end();
    flushSoon(this.#session);
  }

  /** The responses, then the status: ends if it is OK, and throws it as StatusError if not. */
  async *responses(): AsyncGenerator<Uint8Array, void, undefined> {
    const framer = new MessageFramer();
    const chunks: AsyncIterable<Buffer> = this.#stream.iterator({ destroyOnReturn: false });
    let broken: unknown;
    try {
      for await (const chunk of chunks) yield* framer.push(chunk);
    } catch (thrown) {
      if (thrown instanceof StatusError) throw thrown; // not a response: too large, or compressed
      broken = thrown;
    }
    await this.#closed;
    const status = this.#status(broken);
    if (status !== undefined) throw status;
  }

  /** Ends the call, whatever its state: the server is told that nobody waits any more. */
  cancel(reason: StatusError): void {
    this.#failure ??= reason;
    if (!this.#stream.closed) this.#stream.close(constants.NGHTTP2_CANCEL);
    flushSoon(this.#session);
  }

  [Symbol.dispose](): void {
    this.#stopWatching();
    this.cancel(new StatusError(Code.cancelled, "The call was cancelled"));
  }

  /** A server that has said its last word may break off the rest: what it said counts. */
  #status(broken: unknown): StatusError | undefined {
    if (this.#failure !== undefined) return this.#failure;
    const headers = this.#trailers ?? this.#headers;
    if (headers?.["grpc-status"] === undefined) return statusFromReset(this.#resetCode(), broken, this.#headers);
    return statusFromHeaders(headers);
  }

  /** When the connection breaks its streams are closed as cancelled, though nobody cancelled them. */
  #resetCode(): number {
    return this.#session.destroyed || this.#session.closed ? constants.NGHTTP2_NO_ERROR : (this.#stream.rstCode ?? 0);
  }

  /** Ends the call when its deadline passes or its signal aborts. */
  #watch({ signal, timeoutMs }: CallOptions): () => void {
    const abort = () => this.cancel(new StatusError(Code.cancelled, "The call was cancelled"));
    const expire = () => this.cancel(new StatusError(Code.deadlineExceeded, `No answer within ${timeoutMs} ms`));
    const timer = timeoutMs === undefined ? undefined : setTimeout(expire, timeoutMs);
    signal?.addEventListener("abort", abort, { once: true });
    if (signal?.aborted) abort();
    return () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    };
  }
}
