import type { Socket } from "bun";
import { pause } from "../../async/pause.ts";
import { RelaySide, relayHandlers } from "./relay.ts";
import type { Target } from "./target.ts";

export interface DialOptions {
  /** `undefined` when the target cannot be had. */
  readonly connect: (target: Target) => Promise<RelaySide | undefined>;
  /** How long each target is waited for before the next is tried as well; it is at once when one refuses. */
  readonly headStartMs: number;
  /** Told of each that answered or did not, the winner or not. */
  readonly onResult: (target: Target, answered: boolean) => void;
  readonly signal: AbortSignal;
}

/** Connects to the first target that answers, in the order given; `undefined` when none does. */
export function dialFirst(targets: readonly Target[], options: DialOptions): Promise<RelaySide | undefined> {
  const { promise, resolve } = Promise.withResolvers<RelaySide | undefined>();
  let won = false;
  const attempt = async (index: number): Promise<void> => {
    const target = targets[index];
    if (target === undefined || won || options.signal.aborted) return;
    const settled = new AbortController();
    const mine = options
      .connect(target)
      .catch(() => undefined)
      .finally(() => settled.abort());
    const next = pause(options.headStartMs, settled.signal).then(async () => {
      if (!settled.signal.aborted || (await mine) === undefined) await attempt(index + 1);
    });
    const side = await mine;
    options.onResult(target, side !== undefined);
    if (side !== undefined && won) side.terminate();
    else if (side !== undefined) {
      won = true;
      resolve(side);
    }
    await next;
  };
  attempt(0).then(
    () => resolve(undefined),
    () => resolve(undefined),
  );
  return promise;
}

/** @returns the open side, not yet read from; `undefined` when the target refuses, or is not heard of in time. */
export async function dial(target: Target, options: { readonly timeoutMs: number; readonly signal: AbortSignal }) {
  const side = new RelaySide();
  const done = new AbortController();
  const connecting = connectTo(target, side);
  const outOfTime = pause(options.timeoutMs, AbortSignal.any([options.signal, done.signal])).then(() => undefined);
  const socket = await Promise.race([connecting, outOfTime]);
  done.abort();
  if (socket !== undefined) return side;
  // Whatever still comes is too late.
  void connecting.then((late) => late?.terminate());
  return undefined;
}

async function connectTo({ host, port }: Target, data: RelaySide): Promise<Socket<RelaySide> | undefined> {
  try {
    // Which of the two loopback addresses a name server would say first does not matter: both are this machine.
    const hostname = host === "localhost" ? "127.0.0.1" : host;
    return await Bun.connect<RelaySide>({ hostname, port, data, socket: relayHandlers, allowHalfOpen: true });
  } catch {
    return undefined;
  }
}
