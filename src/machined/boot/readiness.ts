import type { Log } from "../machine.ts";
import type { ServiceSupervisor } from "../supervisor/supervisor.ts";
import type { BootProgressRecorder } from "./progress.ts";

export interface ReadinessOptions {
  readonly supervisor: ServiceSupervisor;
  readonly log: Log;
  readonly progress: BootProgressRecorder;
  /** Milliseconds since the start: of the kernel, or of the container. */
  readonly nowMs: () => number;
  readonly signal: AbortSignal;
}

/** Says once on the console that the API can be reached, and how long that took. */
export async function announceReadiness(options: ReadinessOptions): Promise<void> {
  const { supervisor, log, progress, nowMs, signal } = options;
  for await (const { id, health } of supervisor.changes(signal)) {
    if (id !== "apid" || !health.healthy) continue;
    const readyMs = nowMs();
    progress.ready(readyMs);
    log("info", `the API answers on port 50000, ${(readyMs / 1_000).toFixed(2)} seconds after start`);
    return;
  }
}
