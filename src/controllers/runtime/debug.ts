import { defineController } from "../../cosi/controller.ts";
import { activeConfig, activeConfigInput } from "../active-config.ts";

/** Follows `debug` of the configuration: whether controllers' logs have the lines for those who look for a fault. */
export const debugController = (onDebug: (debug: boolean) => void) =>
  defineController({
    name: "runtime.DebugController",
    inputs: [activeConfigInput],
    outputs: [],
    async reconcile(context) {
      onDebug((await activeConfig(context))?.debug ?? false);
    },
  });
