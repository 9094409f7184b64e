import { randomInt } from "node:crypto";
import { connect } from "node:net";
import { Failure } from "../../errors/failure.ts";
import { composeQuery, type UpstreamQuery } from "./compose.ts";
import { splitMessages, withLength } from "./framing.ts";
import { decodeHead, Flag } from "./message.ts";

/** A server to ask. */
export interface DnsServer {
  readonly address: string;
  readonly port: number;
}

export const dnsPort = 53;

/**
 * Asks one server: over UDP, and over TCP when the answer does not fit. The answer has the id of our own query.
 * @throws Failure naming the server, when it is silent, closed or talks nonsense; the signal's reason when that aborts
 */
export async function exchange(server: DnsServer, query: UpstreamQuery, signal: AbortSignal): Promise<Uint8Array> {
  const id = randomInt(0x10000);
  const message = composeQuery(id, query);
  const matches = (answer: Uint8Array) => answersTo(answer, id, query);
  const answer = await overUdp(server, message, matches, signal);
  const flags = decodeHead(answer)?.flags ?? 0;
  return (flags & Flag.truncated) === 0 ? answer : await overTcp(server, message, matches, signal);
}

/** Whether it is an answer to just this: anybody can send a datagram that looks like one. */
function answersTo(answer: Uint8Array, id: number, { question }: UpstreamQuery): boolean {
  const head = decodeHead(answer);
  if (head === undefined || head.id !== id || (head.flags & Flag.response) === 0) return false;
  const { name, type } = head.question;
  return name === question.name && type === question.type && head.question.class === question.class;
}

type Matches = (answer: Uint8Array) => boolean;

async function overUdp(server: DnsServer, message: Uint8Array, matches: Matches, signal: AbortSignal) {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  const fail = (cause: unknown) => reject(unreachable(server, cause));
  // A port of its own for each question, connected: only the server's datagrams get here, and its refusals.
  const socket = await Bun.udpSocket({
    connect: { hostname: server.address, port: server.port },
    socket: {
      data(_, answer) {
        if (matches(answer)) resolve(Uint8Array.from(answer));
      },
      // Bun hands over the error alone, whatever its types say.
      error: (...told: unknown[]) => fail(told.at(-1)),
    },
  }).catch((cause: unknown) => {
    throw unreachable(server, cause);
  });
  const giveUp = () => reject(signal.reason);
  signal.addEventListener("abort", giveUp, { once: true });
  try {
    socket.send(message);
    return await promise;
  } catch (thrown) {
    throw thrown instanceof Failure || signal.aborted ? thrown : unreachable(server, thrown);
  } finally {
    signal.removeEventListener("abort", giveUp);
    socket.close();
  }
}

async function overTcp(server: DnsServer, message: Uint8Array, matches: Matches, signal: AbortSignal) {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  const socket = connect({ host: server.address, port: server.port, noDelay: true });
  const giveUp = () => reject(signal.reason);
  signal.addEventListener("abort", giveUp, { once: true });
  try {
    const incoming = splitMessages((answer) => (matches(answer) ? resolve(answer) : undefined));
    socket.on("connect", () => socket.write(withLength(message)));
    socket.on("data", (chunk: Buffer) => incoming.push(chunk));
    socket.on("error", (cause) => reject(unreachable(server, cause)));
    socket.on("close", () => reject(unreachable(server, "it closed the connection")));
    return await promise;
  } finally {
    signal.removeEventListener("abort", giveUp);
    socket.destroy();
  }
}

const unreachable = (server: DnsServer, cause: unknown) =>
  new Failure(`Cannot ask the DNS server ${server.address}`, { cause });
