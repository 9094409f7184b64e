import { type LogDestination, serviceLogDestinations } from "../../config/index.ts";
import { defineController } from "../../cosi/controller.ts";
import { activeConfig, activeConfigInput } from "../active-config.ts";

/** Says where the logs of services go, as soon as there is a configuration to say so. */
export const serviceLogDestinationsController = (use: (destinations: readonly LogDestination[]) => void) =>
  defineController({
    name: "runtime.LogDestinationsController",
    inputs: [activeConfigInput],
    outputs: [],
    async reconcile(context) {
      const config = await activeConfig(context);
      if (config !== undefined) use(serviceLogDestinations(config));
    },
  });
