import { parseDuration } from "../../clock/duration.ts";
import { documentsOf } from "../../config/index.ts";
import { defineController } from "../../cosi/controller.ts";
import { WatchdogTimerConfig } from "../../resources/runtime/watchdog-timer-config.ts";
import { activeConfig, activeConfigInput } from "../active-config.ts";

const defaultTimeout = "1m";

/** `WatchdogTimerConfig`: which watchdog is to be fed. */
export const watchdogTimerConfigController = () =>
  defineController({
    name: "runtime.WatchdogTimerConfigController",
    inputs: [activeConfigInput],
    outputs: [{ kind: WatchdogTimerConfig, sharing: "exclusive" }],
    async reconcile(context) {
      const config = await activeConfig(context);
      const document = config === undefined ? undefined : documentsOf(config, "WatchdogTimerConfig").at(-1);
      if (document?.device === undefined) return;
      const timeout = parseDuration(document.timeout || defaultTimeout);
      await context.put(WatchdogTimerConfig, "timer", { device: document.device, timeout });
    },
  });
