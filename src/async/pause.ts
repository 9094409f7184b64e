/**
 * Waits until `ms` have passed or `signal` aborts, whichever is first. Never rejects: whoever paused looks at
 * the signal next. For intervals that are part of a protocol (health checks, retries), never to wait for an event.
 */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = () => resolve();
  const timer = setTimeout(end, ms);
  signal?.addEventListener("abort", end, { once: true });
  await promise;
  clearTimeout(timer);
  // A signal may outlive many thousands of pauses.
  signal?.removeEventListener("abort", end);
}
