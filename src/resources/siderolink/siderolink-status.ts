import { defineResource } from "../define.ts";
import { boolean, string } from "../fields/index.ts";

/** Whether the machine is connected to its fleet manager. */
export const SiderolinkStatus = defineResource({
  type: "SiderolinkStatuses.siderolink.talos.dev",
  namespace: "config",
  spec: {
    host: string(1),
    connected: boolean(2),
    linkName: string(3),
    grpcTunnel: boolean(4),
  },
  columns: { Host: "{.host}", Connected: "{.connected}" },
});

export type SiderolinkStatus = typeof SiderolinkStatus.Type;
