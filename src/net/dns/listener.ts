import { createServer, type Socket } from "node:net";
import { composeEmpty } from "./compose.ts";
import type { Answer } from "./forwarder.ts";
import { splitMessages, withLength } from "./framing.ts";
import { decodeHead, Flag, ResponseCode } from "./message.ts";

export interface ListenOptions {
  readonly address: string;
  readonly port: number;
  /** How many routers an answer may pass: it is not meant to go far. */
  readonly hops: number;
  readonly answer: (message: Uint8Array) => Promise<Answer | undefined>;
  /** Something that went wrong with one client. */
  readonly onProblem?: (problem: unknown) => void;
}

export interface Listener extends AsyncDisposable {
  readonly port: number;
}

/** Questions of UDP clients that wait at a time; more are dropped, and asked again by those who still care. */
const waitingLimit = 1_024;
const connectionLimit = 128;
const idleMs = 10_000;
const pipelineLimit = 64;
const unreadLimitBytes = 256 * 1_024;

/** Answers over UDP; what does not fit the asker's messages is cut off, so that it asks over TCP. */
export async function listenUdp({ address, port, hops, answer, onProblem }: ListenOptions): Promise<Listener> {
  let waiting = 0;
  const socket = await Bun.udpSocket({
    hostname: address,
    port,
    socket: {
      data(own, message, askerPort, asker) {
        if (waiting >= waitingLimit) return;
        waiting += 1;
        void answer(Uint8Array.from(message))
          .then((answered) => {
            if (answered === undefined || own.closed) return;
            own.send(fitted(answered), askerPort, asker);
          })
          .catch((thrown) => onProblem?.(thrown))
          .finally(() => {
            waiting -= 1;
          });
      },
      // That a client is gone before its answer is its own business.
      error() {},
    },
  });
  socket.setTTL(hops);
  return {
    port: socket.port,
    [Symbol.asyncDispose]: async () => socket.close(),
  };
}

/** The answer, or only that there is more than fits. */
export function fitted({ message, payloadBytes }: Answer): Uint8Array {
  if (message.length <= payloadBytes) return message;
  const head = decodeHead(message);
  return head === undefined ? message : composeEmpty(head, ResponseCode.ok, Flag.truncated);
}

/** Answers over TCP, several questions on one connection, in the order in which they become known. */
export async function listenTcp({ address, port, answer, onProblem }: ListenOptions): Promise<Listener> {
  const connections = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    connections.add(socket);
    serve(socket, answer, onProblem);
    socket.on("close", () => connections.delete(socket));
  });
  server.maxConnections = connectionLimit;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen(port, address, resolve);
  await promise;
  const bound = server.address();
  return {
    port: typeof bound === "object" && bound !== null ? bound.port : port,
    async [Symbol.asyncDispose]() {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      for (const socket of connections) socket.destroy();
      await closed.promise;
    },
  };
}

function serve(socket: Socket, answer: ListenOptions["answer"], onProblem: ListenOptions["onProblem"]): void {
  let waiting = 0;
  // A client that asks without reading must not fill our memory.
  const keepPace = () => {
    if (waiting >= pipelineLimit || socket.writableLength > unreadLimitBytes) socket.pause();
    else socket.resume();
  };
  const incoming = splitMessages((message) => {
    waiting += 1;
    void answer(message)
      .then((answered) => {
        if (answered !== undefined && !socket.destroyed) socket.write(withLength(answered.message));
      })
      .catch((thrown) => onProblem?.(thrown))
      .finally(() => {
        waiting -= 1;
        keepPace();
      });
  });
  socket.setTimeout(idleMs, () => socket.destroy());
  socket.on("error", () => socket.destroy());
  socket.on("drain", keepPace);
  socket.on("data", (chunk: Buffer) => {
    incoming.push(chunk);
    keepPace();
  });
}
