import type { ServerHttp2Stream } from "node:http2";
import type { Call, Peer } from "../call.ts";
import { flushSoon } from "../http2/flush.ts";
import { PacedWriter } from "../http2/paced-writer.ts";
import { stopReceiving } from "../http2/stop-receiving.ts";
import type { IncomingStream } from "../http2/stream-server.ts";
import { frameMessage, MessageFramer } from "../message-framer.ts";
import { type Metadata, metadataFromHeaders } from "../metadata.ts";
import { Code, StatusError, statusOf } from "../status.ts";
import { encodeStatusMessage } from "../status-message.ts";
import { parseTimeout } from "../timeout.ts";

/** Longest that setTimeout can wait: longer deadlines are none. */
const maximumTimerMs = 2 ** 31 - 1;

/** The server's end of one HTTP/2 stream, as gRPC sees it. */
export class ServerCall implements Call {
  readonly method: string;
  readonly metadata: Metadata;
  readonly peer: Peer;
  readonly #stream: ServerHttp2Stream;
  readonly #writer: PacedWriter;
  readonly #abort = new AbortController();
  readonly #headers: Record<string, string> = {};
  #trailers: Record<string, string> = {};
  #deadline: ReturnType<typeof setTimeout> | undefined;
  #ended = false;

  constructor({ stream, path, rawHeaders, peer }: IncomingStream) {
    this.#stream = stream;
    this.#writer = new PacedWriter(stream);
    this.method = path.slice(1);
    this.metadata = metadataFromHeaders(rawHeaders);
    this.peer = peer;
    stream.on("error", ignore); // "close" follows, and says all that we need
    stream.once("close", () => this.#onClose());
    this.#startDeadline(rawHeaders);
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  setHeader(name: string, value: string): void {
    this.#headers[name] = value;
  }

  setTrailer(name: string, value: string): void {
    this.#trailers[name] = value;
  }

  /**
   * The requests as they come; reading them slowly slows the client down.
   * @throws StatusError when the client sends what is no request, or cancels.
   */
  async *requests(maximumBytes: number): AsyncGenerator<Uint8Array, void, undefined> {
    const framer = new MessageFramer(maximumBytes);
    // Not destroyed on return: whoever stops reading still has a status to send.
    const chunks: AsyncIterable<Buffer> = this.#stream.iterator({ destroyOnReturn: false });
    for await (const chunk of chunks) yield* framer.push(chunk);
    if (this.signal.aborted) throw new StatusError(Code.cancelled, "The client cancelled the call");
    if (!framer.empty) throw new StatusError(Code.internal, "Cannot read the request: it ends within a message");
  }

  /** Sends a response, which may come in parts; resolves when there is room for another, or nobody left to read it. */
  async write(...message: readonly Uint8Array[]): Promise<void> {
    if (this.#ended) return;
    this.#sendHeaders();
    await this.#writer.write(frameMessage(...message));
  }

  /** Ends the call with a status; only the first end counts. */
  end(error?: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#deadline);
    const { code, message } = error === undefined ? { code: Code.ok, message: "" } : statusOf(error);
    this.#trailers = { ...this.#trailers, "grpc-status": String(code) };
    if (message !== "") this.#trailers["grpc-message"] = encodeStatusMessage(message);
    stopReceiving(this.#stream);
    if (this.#stream.headersSent) this.#stream.end();
    else this.#stream.respond({ ...responseHeaders, ...this.#headers, ...this.#trailers }, { endStream: true });
    flushSoon(this.#stream.session);
  }

  /** Tells the handler to stop, with a reason that is also the status. */
  abort(reason: StatusError): void {
    this.#abort.abort(reason);
    this.end(reason);
  }

  #sendHeaders(): void {
    if (this.#stream.headersSent) return;
    this.#stream.once("wantTrailers", () => this.#stream.sendTrailers(this.#trailers));
    this.#stream.respond({ ...responseHeaders, ...this.#headers }, { waitForTrailers: true });
  }

  #startDeadline(rawHeaders: readonly string[]): void {
    const at = rawHeaders.indexOf("grpc-timeout");
    const timeoutMs = at < 0 ? undefined : parseTimeout(rawHeaders[at + 1]);
    if (timeoutMs === undefined || timeoutMs > maximumTimerMs) return;
    const expire = () => this.abort(new StatusError(Code.deadlineExceeded, "The call's deadline has passed"));
    this.#deadline = setTimeout(expire, timeoutMs);
  }

  #onClose(): void {
    clearTimeout(this.#deadline);
    this.#ended = true;
    this.#abort.abort(new StatusError(Code.cancelled, "The client has gone"));
  }
}

const responseHeaders = { ":status": 200, "content-type": "application/grpc" } as const;

const ignore = (): void => undefined;
