import { type EndedChild, reapOne } from "./wait.ts";

/** SIGCHLDs that arrive together are delivered once, and one may come before the loop listens: look now and then. */
const sweepIntervalMs = 5_000;

/** Orphans taken per turn of the event loop, so that a burst of them does not hold up the rest of PID 1. */
const batchLimit = 512;

/**
 * Takes the exit statuses of orphans, as PID 1 must. Runs on the main thread, where the kernel hands them in; what
 * the spawner's Worker started stays out of reach, so no service's status is ever stolen. For the same reason nothing
 * may be spawned from the main thread while a reaper runs.
 */
export function startReaper(onReaped: (child: EndedChild) => void = () => {}): Disposable {
  let next: NodeJS.Immediate | undefined;
  const sweep = () => {
    next = undefined;
    for (let taken = 0; taken < batchLimit; taken += 1) {
      const child = reapOne();
      if (child === undefined) return;
      onReaped(child);
    }
    next = setImmediate(sweep);
  };
  const timer = setInterval(sweep, sweepIntervalMs);
  timer.unref();
  process.on("SIGCHLD", sweep);
  sweep();
  return {
    [Symbol.dispose]() {
      process.off("SIGCHLD", sweep);
      clearInterval(timer);
      if (next !== undefined) clearImmediate(next);
    },
  };
}
