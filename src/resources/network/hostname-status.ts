import { defineResource } from "../define.ts";
import { string } from "../fields/index.ts";

/** The host name as it is. */
export const HostnameStatus = defineResource({
  type: "HostnameStatuses.net.talos.dev",
  aliases: ["hostname"],
  namespace: "network",
  spec: {
    hostname: string(1),
    domainname: string(2),
  },
  columns: { Hostname: "{.hostname}", Domainname: "{.domainname}" },
});

export type HostnameStatus = typeof HostnameStatus.Type;
