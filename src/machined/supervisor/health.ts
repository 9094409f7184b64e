import { pause } from "../../async/pause.ts";
import { Failure } from "../../errors/failure.ts";
import { codeOf, messageOf } from "../../errors/message.ts";
import type { ServiceHost } from "./service.ts";

/** How a service shows that it does its work. */
export interface HealthCheck {
  /** Resolves when healthy; throws the reason when not. The signal aborts at the timeout. */
  readonly check: (host: ServiceHost, signal: AbortSignal) => Promise<void>;
  /** Pause before the first check of a run. */
  readonly initialDelayMs?: number;
  readonly intervalMs?: number;
  readonly timeoutMs?: number;
}

const defaults = { initialDelayMs: 1_000, intervalMs: 5_000, timeoutMs: 500 } as const;

/** While a service has not been healthy yet it is asked more often: others wait for it. */
const STARTING_INTERVAL_MS = 100;

/**
 * Checks until the signal aborts and tells every outcome.
 * @param report undefined when healthy, otherwise the reason.
 */
export async function watchHealth(
  health: HealthCheck,
  host: ServiceHost,
  signal: AbortSignal,
  report: (problem: string | undefined) => void,
): Promise<void> {
  const { check, initialDelayMs, intervalMs, timeoutMs } = { ...defaults, ...health };
  let everHealthy = false;
  await pause(initialDelayMs, signal);
  while (!signal.aborted) {
    const problem = await checkOnce(check, host, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]), timeoutMs);
    if (signal.aborted) return;
    report(problem);
    everHealthy ||= problem === undefined;
    await pause(everHealthy ? intervalMs : Math.min(intervalMs, STARTING_INTERVAL_MS), signal);
  }
}

async function checkOnce(
  check: HealthCheck["check"],
  host: ServiceHost,
  signal: AbortSignal,
  timeoutMs: number,
): Promise<string | undefined> {
  // A check that ignores its signal must not stop all later checks.
  const { promise: overdue, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(new Error(`no answer within ${timeoutMs} ms`));
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    await Promise.race([check(host, signal), overdue]);
    return undefined;
  } catch (thrown) {
    return messageOf(thrown);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** Healthy when something accepts connections on that port of this machine. */
export const tcpHealth = (port: number): HealthCheck =>
  connects(() => Bun.connect({ hostname: "127.0.0.1", port, socket: { data: () => {} } }));

/** Healthy when something accepts connections on that unix socket. */
export const unixHealth = (path: string): HealthCheck =>
  connects(() => Bun.connect({ unix: path, socket: { data: () => {} } }));

const connects = (connect: () => Promise<{ end(): void }>): HealthCheck => ({
  initialDelayMs: 100,
  timeoutMs: 5_000,
  check: async () => (await connect()).end(),
});

/** Asks a health page; resolves when it answers with success. */
export async function askHealthPage(url: string, signal: AbortSignal): Promise<void> {
  const response = await fetch(url, { signal }).catch((cause: unknown) => {
    // The runtime's text advises people at a browser; here nothing listens, yet or any more.
    if (codeOf(cause) === "ECONNREFUSED" || codeOf(cause) === "ConnectionRefused") {
      throw new Failure(`Cannot reach ${url}: connection refused`);
    }
    throw cause;
  });
  if (!response.ok) throw new Failure(`Cannot call it healthy: ${(await response.text()).slice(0, 1_000)}`);
}
