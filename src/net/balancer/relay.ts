import type { Socket, SocketHandler } from "bun";

/**
 * One side of a relayed connection. What it reads goes straight to the other side; what that does not take at once is
 * held, and nothing more is read until it has been taken: one read at most lies in memory per direction.
 */
export class RelaySide {
  #socket: Socket<RelaySide> | undefined;
  #peer: RelaySide | undefined;
  #held: Uint8Array[] = [];
  /** It has said everything that it will say. */
  #ended = false;
  #closed = false;
  readonly #onClose: () => void;

  constructor(onClose: () => void = () => undefined) {
    this.#onClose = onClose;
  }

  get closed(): boolean {
    return this.#closed;
  }

  opened(socket: Socket<RelaySide>): void {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.setKeepAlive(true, keepAliveMs);
    // Nothing is read for nobody: bytes wait in the kernel until the other side is there.
    if (this.#peer === undefined) socket.pause();
  }

  /** Both sides are there: what was said meanwhile is passed on. */
  static join(left: RelaySide, right: RelaySide): void {
    left.#peer = right;
    right.#peer = left;
    left.#passHeld();
    right.#passHeld();
  }

  received(chunk: Uint8Array): void {
    if (this.#held.length > 0 || this.#peer === undefined) {
      this.#held.push(chunk);
      return;
    }
    const rest = this.#peer.#take(chunk);
    if (rest === undefined) return;
    this.#held.push(rest);
    this.#socket?.pause();
  }

  /** The other side may have more again. */
  drained(): void {
    if (this.#peer !== undefined) this.#peer.#passHeld();
  }

  ended(): void {
    this.#ended = true;
    this.#passHeld();
  }

  /** Without an error it has said everything, and nobody listens there any more. */
  left(error?: Error): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#onClose();
    if (error === undefined) this.ended();
    else this.#peer?.terminate();
  }

  end(): void {
    this.#socket?.end();
  }

  terminate(): void {
    this.#socket?.terminate();
  }

  #shutdown(): void {
    this.#socket?.shutdown();
  }

  /** @returns what did not go out yet. */
  #take(chunk: Uint8Array): Uint8Array | undefined {
    if (this.#closed || this.#socket === undefined) return undefined;
    const written = Math.max(0, this.#socket.write(chunk));
    return written === chunk.length ? undefined : chunk.subarray(written);
  }

  #passHeld(): void {
    const peer = this.#peer;
    if (peer === undefined) return;
    while (this.#held[0] !== undefined) {
      const rest = peer.#take(this.#held[0]);
      if (rest === undefined) this.#held.shift();
      else {
        this.#held[0] = rest;
        return;
      }
    }
    if (this.#closed) peer.end();
    // The other may still answer. The socket closes by itself once both have ended.
    else if (this.#ended) peer.#shutdown();
    else this.#socket?.resume();
  }
}

const keepAliveMs = 30_000;

/** For sockets on both sides; their data is the side. */
export const relayHandlers: SocketHandler<RelaySide> = {
  open: (socket) => socket.data.opened(socket),
  data: (socket, chunk) => socket.data.received(chunk),
  drain: (socket) => socket.data.drained(),
  end: (socket) => socket.data.ended(),
  close: (socket, error) => socket.data.left(error),
  error: (socket) => socket.terminate(),
};
