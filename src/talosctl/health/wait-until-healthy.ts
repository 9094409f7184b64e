import type { Check } from "../../health/check.ts";
import { healthChecks } from "../../health/checks.ts";
import type { ClusterInfo } from "../../health/cluster.ts";
import type { Progress } from "../cluster/progress.ts";

export interface HealthWait {
  readonly progress: Pick<Progress, "step" | "say">;
  /** Aborts on interruption, and when the whole takes too long. */
  readonly signal: AbortSignal;
  /** How long each condition may take; by default what is usual for it. */
  readonly checkTimeoutMs?: number;
  /** By default all that `talosctl health` looks at. */
  readonly checks?: readonly Check[];
}

/** Waits for one condition of a healthy cluster after the other, and shows each. @throws Failure of the first that fails. */
export async function waitUntilHealthy(cluster: ClusterInfo, wait: HealthWait): Promise<void> {
  const { progress, signal, checks = healthChecks(cluster), checkTimeoutMs: timeoutMs } = wait;
  for (const check of checks) {
    const outcome = await progress.step(check.name, (report) =>
      check.run({ report, ...(timeoutMs !== undefined && { timeoutMs }) }, signal),
    );
    if (outcome === "SKIP") progress.say("    there is none, and none is wanted");
  }
}
