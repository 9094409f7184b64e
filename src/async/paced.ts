import { pause } from "./pause.ts";

export interface Pace {
  /** How many come at once after a while of silence. */
  readonly burst: number;
  /** How often one comes after those. */
  readonly intervalMs: number;
}

/**
 * Passes on what comes as soon as it comes, unless that is too often for long: then no more often than the pace. Its
 * source has to be bounded; what waits there meanwhile may be told as one.
 */
export async function* paced<T>(
  source: AsyncIterable<T>,
  { burst, intervalMs }: Pace,
  signal: AbortSignal,
): AsyncGenerator<T, void, undefined> {
  // A bucket of tokens, as the moment at which it will be full again.
  let fullAtMs = 0;
  for await (const item of source) {
    const nowMs = performance.now();
    fullAtMs = Math.max(fullAtMs, nowMs) + intervalMs;
    const waitMs = fullAtMs - nowMs - burst * intervalMs;
    if (waitMs > 0) await pause(waitMs, signal);
    if (signal.aborted) return;
    yield item;
  }
}
