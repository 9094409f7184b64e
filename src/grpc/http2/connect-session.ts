import { type ClientHttp2Session, connect } from "node:http2";
import { Failure } from "../../errors/failure.ts";
import { describeTarget, type Target } from "../target.ts";
import { connectFailure } from "./connect-failure.ts";
import { openSocket } from "./open-socket.ts";
import { withoutBandwidthPings } from "./ping-filter.ts";
import { sessionSettings, widenWindow } from "./settings.ts";

/** How long a peer may take to answer at all. */
const connectTimeoutMs = 20_000;

/**
 * An HTTP/2 connection whose peer has answered. The peer's first frame is waited for because with TLS 1.3 a client
 * learns only then whether its certificate was accepted.
 * @throws Failure saying why there is no connection, and what to do about it.
 */
export async function connectSession(
  target: Target,
  signal?: AbortSignal,
  timeoutMs: number = connectTimeoutMs,
): Promise<ClientHttp2Session> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const limit = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
  try {
    const socket = await openSocket(target, limit);
    // Servers elsewhere are other machines' apids, or are sent too little for it to matter.
    const measuresBandwidth = "unix" in target && target.peer === "grpc-go";
    const session = connect(`http://${"unix" in target ? "localhost" : describeTarget(target)}`, {
      createConnection: () => (measuresBandwidth ? withoutBandwidthPings(socket, 0) : socket),
      settings: sessionSettings,
    });
    await answered(session, limit);
    return session;
  } catch (thrown) {
    if (timeout.aborted) throw connectFailure(target, new Failure(`no answer within ${timeoutMs / 1_000} s`));
    throw connectFailure(target, thrown);
  }
}

function answered(session: ClientHttp2Session, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const abort = () => session.destroy(new Failure("Cannot connect: nobody waits for it any more"));
  signal.addEventListener("abort", abort, { once: true });
  session.on("error", reject); // stays: an error without a listener would be thrown
  session.once("close", () => reject(new Failure("it closed the connection right after the handshake")));
  session.once("connect", () => widenWindow(session));
  session.once("remoteSettings", () => resolve());
  return promise.finally(() => signal.removeEventListener("abort", abort));
}
