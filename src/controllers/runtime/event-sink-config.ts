import { documentsOf } from "../../config/index.ts";
import { defineController } from "../../cosi/controller.ts";
import { EventSinkConfig } from "../../resources/runtime/event-sink-config.ts";
import { activeConfig, activeConfigInput } from "../active-config.ts";

/** `EventSinkConfig`, or else the kernel argument `talos.events.sink`: who wants to be told what happens. */
export const eventSinkConfigController = (argument: string | undefined) =>
  defineController({
    name: "runtime.EventsSinkConfigController",
    inputs: [activeConfigInput],
    outputs: [{ kind: EventSinkConfig, sharing: "exclusive" }],
    async reconcile(context) {
      const config = await activeConfig(context);
      const documents = config === undefined ? [] : documentsOf(config, "EventSinkConfig");
      const endpoint = documents.at(-1)?.endpoint ?? argument;
      if (endpoint !== undefined) await context.put(EventSinkConfig, "event-sink", { endpoint });
    },
  });
