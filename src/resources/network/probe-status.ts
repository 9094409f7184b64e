import { defineResource } from "../define.ts";
import { boolean, string } from "../fields/index.ts";

/** How the last tries of a probe went. */
export const ProbeStatus = defineResource({
  type: "ProbeStatuses.net.talos.dev",
  aliases: ["probe", "probes"],
  namespace: "network",
  spec: {
    success: boolean(1),
    lastError: string(2),
  },
  columns: { Success: "{.success}" },
});

export type ProbeStatus = typeof ProbeStatus.Type;
