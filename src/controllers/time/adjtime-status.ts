import { defineController } from "../../cosi/controller.ts";
import { clockSteps } from "../../linux/clock-steps.ts";
import { readClockDiscipline } from "../../linux/timex.ts";
import { AdjtimeStatus } from "../../resources/time/adjtime-status.ts";
import { TimeStatus } from "../../resources/time/time-status.ts";

/** The kernel tells when its clock is set, and not what else has changed its mind. */
const readAgainMs = 30_000;

export interface AdjtimeStatusOptions {
  /** Whether the clock is this machine's; a container's is its host's, and nothing of its own. */
  readonly isOurs: boolean;
}

/** Shows what the kernel knows of its clock. */
export const adjtimeStatusController = ({ isOurs }: AdjtimeStatusOptions) =>
  defineController({
    name: "time.AdjtimeStatusController",
    // The kernel is told something new when the clock is found to be right, or far off.
    inputs: [{ kind: TimeStatus, id: "node", strength: "weak" }],
    outputs: [{ kind: AdjtimeStatus, sharing: "exclusive" }],
    ...(isOurs && { wakeOn: clockSteps }),
    async reconcile(context) {
      if (!isOurs) return;
      const { offsetMs, maximumErrorMs, estimatedErrorMs, frequencyRatio, status, constant, state } =
        readClockDiscipline();
      await context.put(AdjtimeStatus, "node", {
        offset: offsetMs,
        frequencyAdjustmentRatio: frequencyRatio,
        maxError: maximumErrorMs,
        estError: estimatedErrorMs,
        status: status.join(" | "),
        constant,
        syncStatus: !status.includes("STA_UNSYNC"),
        state,
      });
      context.requeueAfter(readAgainMs);
    },
  });
