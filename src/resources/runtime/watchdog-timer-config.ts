import { defineResource } from "../define.ts";
import { duration, string } from "../fields/index.ts";

/** Which watchdog is fed, and how long it waits. */
export const WatchdogTimerConfig = defineResource({
  type: "WatchdogTimerConfigs.runtime.talos.dev",
  namespace: "runtime",
  spec: {
    device: string(1),
    timeout: duration(2),
  },
  columns: { Device: "{.device}", Timeout: "{.timeout}" },
});

export type WatchdogTimerConfig = typeof WatchdogTimerConfig.Type;
