import { randomBytes } from "node:crypto";
import { Failure } from "../../errors/failure.ts";
import { serverAddresses } from "./addresses.ts";
import { answers, cookieBytes, decodeAnswer, encodeQuery, type LeapSecond } from "./packet.ts";

const ntpPort = 123;
const defaultTimeoutMs = 5_000;

/** One comparison of this machine's clock with a server's. */
export interface Measurement {
  /** What has to be added to this machine's clock to have the server's. */
  readonly offsetMs: number;
  /** How long the question and the answer were under way: the offset is right to half of it. */
  readonly delayMs: number;
  readonly stratum: number;
  readonly leap: LeapSecond;
  /** The server's clock when it sent, and this machine's then; milliseconds since 1970. */
  readonly remoteMs: number;
  readonly localMs: number;
}

export interface QueryOptions {
  readonly signal?: AbortSignal;
  readonly port?: number;
  readonly timeoutMs?: number;
}

/**
 * Asks a time server once (SNTP, RFC 4330); one with several addresses at the next when the one before does not answer.
 * @param server name or address.
 * @throws Failure naming the server: unknown, silent, or without the time.
 */
export async function queryTime(server: string, options: QueryOptions = {}): Promise<Measurement> {
  const { port = ntpPort, timeoutMs = defaultTimeoutMs, signal } = options;
  const withPatience = () =>
    AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal === undefined ? [] : [signal])]);
  let problem: unknown;
  try {
    for (const address of await serverAddresses(server, withPatience())) {
      try {
        return await exchange(address, port, withPatience());
      } catch (thrown) {
        problem = thrown;
      }
      if (signal?.aborted) break;
    }
  } catch (thrown) {
    problem = thrown;
  }
  if (signal?.aborted) throw signal.reason;
  throw new Failure(`Cannot ask time server ${server}`, { cause: problem });
}

async function exchange(address: string, port: number, signal: AbortSignal): Promise<Measurement> {
  const { promise, resolve, reject } = Promise.withResolvers<Measurement>();
  const cookie = randomBytes(cookieBytes);
  let sentAtMs = 0;
  // Connected: the kernel drops what others send, and tells when nobody listens there.
  const socket = await Bun.udpSocket({
    connect: { hostname: address, port },
    socket: {
      data(_, bytes) {
        const tookMs = performance.now() - sentAtMs;
        if (!answers(bytes, cookie)) return;
        try {
          resolve(compare(bytes, tookMs));
        } catch (thrown) {
          reject(thrown);
        }
      },
      error: () => reject(new Failure(`Cannot reach ${address}, port ${port}: nobody listens there`)),
    },
  });
  const giveUp = () => reject(new Failure(`Cannot reach ${address}, port ${port}: no answer`));
  try {
    if (signal.aborted) giveUp();
    signal.addEventListener("abort", giveUp, { once: true });
    sentAtMs = performance.now();
    socket.send(encodeQuery(cookie));
    return await promise;
  } finally {
    signal.removeEventListener("abort", giveUp);
    socket.close();
  }
}

/** @param tookMs from question to answer, by a clock that nobody sets. */
function compare(bytes: Uint8Array, tookMs: number): Measurement {
  const localMs = Date.now();
  const { receivedMs, sentMs, stratum, leap } = decodeAnswer(bytes);
  const delayMs = Math.max(0, tookMs - (sentMs - receivedMs));
  return { offsetMs: sentMs + delayMs / 2 - localMs, delayMs, stratum, leap, remoteMs: sentMs, localMs };
}
