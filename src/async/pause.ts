/**
 * Waits until `ms` have passed or `signal` aborts, whichever is first. Never rejects: whoever paused looks at
 * the signal next. For intervals that are part of a protocol (health checks, retries), never to wait for an event.
 */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  signal?.addEventListener("abort", () => resolve(), { once: true });
  return promise.finally(() => clearTimeout(timer));
}
