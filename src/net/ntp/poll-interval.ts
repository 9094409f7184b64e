/** Servers are others' property: nobody asks more often. */
export const shortestPollMs = 32_000;
export const longestPollMs = 2_048_000;

/** How right a clock should be. */
const accuracyMs = 200;
const goodMs = accuracyMs / 4;
const badMs = (accuracyMs * 3) / 4;

/**
 * When to ask again after an answer: the better the clock keeps time by itself, the later.
 * @param lastMs the interval before this answer; undefined for the first.
 */
export function nextPollMs(lastMs: number | undefined, offsetMs: number, isSpike: boolean): number {
  const offMs = Math.abs(offsetMs);
  if (lastMs === undefined || (offMs > accuracyMs && !isSpike)) return shortestPollMs;
  if (offMs < goodMs && !isSpike) return Math.min(longestPollMs, lastMs * 2);
  return isSpike || offMs > badMs ? Math.max(shortestPollMs, lastMs / 2) : lastMs;
}
