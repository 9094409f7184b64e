import { defineResource } from "../define.ts";
import { string } from "../fields/index.ts";

/** Where events are sent. */
export const EventSinkConfig = defineResource({
  type: "EventSinkConfigs.runtime.talos.dev",
  namespace: "runtime",
  spec: {
    endpoint: string(1),
  },
});

export type EventSinkConfig = typeof EventSinkConfig.Type;
