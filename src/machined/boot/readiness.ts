import { monotonicMs } from "../../linux/clock.ts";
import type { Log } from "../machine.ts";
import type { ServiceSupervisor } from "../supervisor/supervisor.ts";

/** Says once on the console that the API can be reached, and how long that took. */
export async function announceReadiness(supervisor: ServiceSupervisor, log: Log, signal: AbortSignal): Promise<void> {
  for await (const { id, health } of supervisor.changes(signal)) {
    if (id !== "apid" || !health.healthy) continue;
    const seconds = (monotonicMs() / 1_000).toFixed(2);
    log("info", `the API answers on port 50000, ${seconds} seconds after kernel start`);
    return;
  }
}
