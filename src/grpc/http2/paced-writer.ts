import type { Http2Stream } from "node:http2";
import { flushSoon } from "./flush.ts";

/**
 * Written at a time. A session of node:http2 with more than 10 MiB to send refuses all further streams, with
 * ENHANCE_YOUR_CALM, and Bun 1.4.5 goes on counting what a stream had to send when it was closed.
 */
const pieceBytes = 256 * 1024;

/** Writes messages to a stream one after another, no faster than its reader takes them, whatever their size. */
export class PacedWriter {
  readonly #stream: Http2Stream;
  #writing: Promise<void> | undefined;

  constructor(stream: Http2Stream) {
    this.#stream = stream;
  }

  /** Resolves when there is room for another message, or nobody left to read it. */
  async write(message: Uint8Array): Promise<void> {
    while (this.#writing !== undefined) await this.#writing; // messages do not mix
    this.#writing = this.#writePieces(message);
    await this.#writing;
    this.#writing = undefined;
  }

  async #writePieces(message: Uint8Array): Promise<void> {
    const stream = this.#stream;
    for (let at = 0; at < message.length; at += pieceBytes) {
      if (stream.writableEnded || stream.closed || stream.destroyed) return;
      const room = stream.write(message.subarray(at, at + pieceBytes));
      flushSoon(stream.session);
      if (!room) await this.#drained();
    }
  }

  #drained(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const done = () => {
      this.#stream.off("drain", done);
      this.#stream.off("close", done);
      resolve();
    };
    this.#stream.on("drain", done);
    this.#stream.on("close", done);
    return promise;
  }
}
