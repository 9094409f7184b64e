import { defineResource } from "../define.ts";
import { duration, string } from "../fields/index.ts";

/** The watchdog that is being fed. */
export const WatchdogTimerStatus = defineResource({
  type: "WatchdogTimerStatuses.runtime.talos.dev",
  namespace: "runtime",
  spec: {
    device: string(1),
    timeout: duration(2),
    feedInterval: duration(3),
  },
  columns: { Device: "{.device}", Timeout: "{.timeout}" },
});

export type WatchdogTimerStatus = typeof WatchdogTimerStatus.Type;
