import { Backoff } from "../async/backoff.ts";
import { pause } from "../async/pause.ts";
import { formatDuration } from "../clock/duration.ts";
import { Failure } from "../errors/failure.ts";
import { messageOf } from "../errors/message.ts";

/** `SKIP`: there is nothing to check, as with a kube-proxy that the config leaves out. */
export type CheckOutcome = "OK" | "SKIP";

export interface CheckContext {
  /** Told what is still missing, each time that changes; not without repetitions. */
  report(missing: string): void;
  /** Instead of the time that is usual for the condition: who emulates a machine has more. */
  readonly timeoutMs?: number;
}

/** One condition of a healthy cluster. The checks stand in an order: each may count on those before it. */
export interface Check {
  /** As it ends the sentence "waiting for …": `etcd to be healthy`. */
  readonly name: string;
  /**
   * Waits until it holds.
   * @throws Failure saying what was missing last, when the wait is too long or the signal aborts.
   */
  run(context: CheckContext, signal: AbortSignal): Promise<CheckOutcome>;
}

/** Looks once. @throws Error saying what is missing. */
export type Assertion = (signal: AbortSignal) => Promise<CheckOutcome | undefined>;

export interface Patience {
  /** How long the condition may take to come true. */
  readonly timeoutMs?: number;
  /** How long one look may take. */
  readonly lookTimeoutMs?: number;
}

/** A condition of many machines has no one event to wait for: it is looked at again, at first soon, then every second. */
export function check(
  name: string,
  look: Assertion,
  { timeoutMs = 300_000, lookTimeoutMs = 10_000 }: Patience = {},
): Check {
  return {
    name,
    async run({ report, timeoutMs: givenMs = timeoutMs }, signal) {
      const timeout = AbortSignal.timeout(givenMs);
      const limit = AbortSignal.any([signal, timeout]);
      const backoff = new Backoff({ initialMs: 250, maximumMs: 1_000 });
      let missing = "nothing was seen yet";
      while (!limit.aborted) {
        const lookLimit = AbortSignal.timeout(lookTimeoutMs);
        const beganMs = performance.now();
        try {
          return (await untilAborted(look, AbortSignal.any([limit, lookLimit]))) ?? "OK";
        } catch (thrown) {
          if (limit.aborted) break;
          missing = lookLimit.aborted ? `no answer within ${formatDuration(lookTimeoutMs)}` : messageOf(thrown);
          report(missing);
        }
        await pause(Math.max(backoff.next(), restAfter(performance.now() - beganMs)), limit);
      }
      const why = timeout.aborted && !signal.aborted ? ` within ${formatDuration(givenMs)}` : "";
      throw new Failure(`Cannot see ${name}${why}: ${missing}`);
    },
  };
}

/** A look that takes its time takes it from machines that have something else to do: the slower, the longer they rest. */
const restAfter = (lookMs: number): number => Math.min(2 * lookMs, 15_000);

/** A look that does not listen to its signal does not hold up the check. */
async function untilAborted(look: Assertion, signal: AbortSignal): ReturnType<Assertion> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(new Error("no answer"));
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([look(signal), promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
