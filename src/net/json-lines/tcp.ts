import { connect } from "node:net";
import { Failure } from "../../errors/failure.ts";
import type { Outlet } from "./deliver.ts";

const connectTimeoutMs = 10_000;
/** A collector that takes nothing for so long is gone, or as good as. */
const stallMs = 30_000;
const keepAliveMs = 30_000;

/** Opens a way over TCP: one line a message. @throws Failure when nobody answers in 10 s. */
export async function connectTcp(host: string, port: number, signal: AbortSignal): Promise<Outlet> {
  const name = `${host}, port ${port}`;
  const broken = new AbortController();
  const socket = connect({ host, port });
  const stop = () => void socket.destroy();
  const breakOff = (reason: unknown) => {
    broken.abort(reason);
    signal.removeEventListener("abort", stop);
    stop();
  };
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  socket.setKeepAlive(true, keepAliveMs);
  socket.on("error", (cause) => breakOff(new Failure(`Cannot send to ${name}`, { cause })));
  socket.on("close", () => breakOff(new Failure(`Cannot send to ${name}: the connection was closed`)));
  // Collectors say nothing; only who reads notices their end.
  socket.resume();
  const options = { broken: broken.signal, limitMs: connectTimeoutMs, onLimit: breakOff };
  await done((resolve) => socket.once("connect", resolve), { ...options, problem: `${name} does not answer` });
  return {
    broken: broken.signal,
    async send(lines) {
      const text = lines.map((line) => `${line}\n`).join("");
      await done((resolve) => void socket.write(text, () => resolve()), {
        broken: broken.signal,
        limitMs: stallMs,
        onLimit: breakOff,
        problem: `${name} takes nothing`,
      });
      return 0;
    },
    [Symbol.dispose]: stop,
  };
}

interface Limits {
  readonly broken: AbortSignal;
  readonly limitMs: number;
  readonly onLimit: (reason: unknown) => void;
  readonly problem: string;
}

/** Resolves when what was begun is done. @throws what broke the connection before that, if only by taking too long. */
async function done(
  begin: (resolve: () => void) => void,
  { broken, limitMs, onLimit, problem }: Limits,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(() => onLimit(new Failure(`Cannot send: ${problem} for ${limitMs / 1_000} s`)), limitMs);
  const finish = () => resolve();
  broken.addEventListener("abort", finish, { once: true });
  if (broken.aborted) finish();
  else begin(finish);
  await promise;
  clearTimeout(timer);
  broken.removeEventListener("abort", finish);
  broken.throwIfAborted();
}
