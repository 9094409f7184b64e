import type { Check, CheckOutcome } from "./check.ts";

export interface CheckReport {
  /** Told when a check begins, with the empty text, and whenever what it misses has changed. */
  waiting(check: Check, missing: string): void;
  done(check: Check, outcome: CheckOutcome): void;
}

/** Waits for one condition after the other. @throws Failure of the first that does not come true. */
export async function runChecks(checks: readonly Check[], report: CheckReport, signal: AbortSignal): Promise<void> {
  for (const check of checks) {
    let told = "";
    report.waiting(check, told);
    const outcome = await check.run(
      {
        report(missing) {
          if (missing === told) return;
          told = missing;
          report.waiting(check, missing);
        },
      },
      signal,
    );
    report.done(check, outcome);
  }
}
