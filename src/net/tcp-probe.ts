import { connect } from "node:net";
import { Failure } from "../errors/failure.ts";
import { messageOf } from "../errors/message.ts";

export interface TcpProbeOptions {
  readonly host: string;
  readonly port: number;
  /** Of name and connection together. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Connects and hangs up. @throws Failure when nobody answers in time; the signal's reason when it aborts. */
export async function probeTcp({ host, port, timeoutMs, signal }: TcpProbeOptions): Promise<void> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = connect({ host, port });
  const timer = setTimeout(() => reject(new Failure(`no answer within ${timeoutMs} ms`)), timeoutMs);
  const giveUp = () => reject(signal.reason);
  signal.addEventListener("abort", giveUp, { once: true });
  socket.once("connect", resolve);
  socket.on("error", reject);
  try {
    await promise;
  } catch (thrown) {
    if (signal.aborted) throw signal.reason;
    throw new Failure(`Cannot connect to ${host}, port ${port}: ${messageOf(thrown)}`, { cause: thrown });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", giveUp);
    // Nothing of a connection every second is to wait for its end in the kernel.
    socket.resetAndDestroy();
  }
}
