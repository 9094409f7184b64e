import type { Log } from "../machine.ts";

/** Time to read the cause on the console before the machine starts again. */
const REBOOT_AFTER_MS = 10_000;

/** As far ahead as timers reach: a timer that only keeps the event loop alive. */
const NEVER_MS = 2 ** 30;

export interface FatalOptions {
  readonly log: Log;
  /** Kernel argument `panic=0`: stop and wait to be read, for ever. */
  readonly hang: boolean;
  /** Undoes what a fallback exists for, such as an upgrade that just failed. Best effort. */
  readonly revert?: () => void;
  /** Starts the machine again, at once. */
  readonly restart: () => void;
}

/** What to do with an error that nobody can handle: say why, then start the machine again. Only the first counts. */
export function createFatalHandler({ log, hang, revert, restart }: FatalOptions): (thrown: unknown) => void {
  let dying = false;
  return (thrown) => {
    log("error", `fatal error: ${describe(thrown)}`);
    if (dying) return;
    dying = true;
    try {
      revert?.();
    } catch (failure) {
      log("error", `cannot revert: ${describe(failure)}`);
    }
    if (hang) return log("error", "the machine stops here, as kernel argument panic=0 asks");
    log("error", `the machine starts again in ${REBOOT_AFTER_MS / 1_000} seconds`);
    setTimeout(restart, REBOOT_AFTER_MS);
  };
}

/**
 * Makes sure that this process never ends by itself, which would panic the kernel: errors go to the handler, and the
 * event loop never runs dry. An error thrown inside the handler would end the process, so it must not throw.
 */
export function stayAlive(onFatal: (thrown: unknown) => void): void {
  process.on("uncaughtException", onFatal);
  // Not covered by the former.
  process.on("unhandledRejection", onFatal);
  setInterval(() => {}, NEVER_MS);
}

function describe(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  return thrown.stack ?? thrown.message;
}
