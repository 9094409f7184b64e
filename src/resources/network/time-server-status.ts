import { defineResource } from "../define.ts";
import { string } from "../fields/index.ts";

/** The time servers in use. */
export const TimeServerStatus = defineResource({
  type: "TimeServerStatuses.net.talos.dev",
  aliases: ["timeserver", "timeservers"],
  namespace: "network",
  spec: {
    timeServers: string(1).list(),
  },
  columns: { Timeservers: "{.timeServers}" },
});

export type TimeServerStatus = typeof TimeServerStatus.Type;
