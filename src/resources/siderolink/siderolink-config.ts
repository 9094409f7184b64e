import { defineResource } from "../define.ts";
import { boolean, string } from "../fields/index.ts";

/** How the machine connects to its fleet manager. */
export const SiderolinkConfig = defineResource({
  type: "SiderolinkConfigs.siderolink.talos.dev",
  namespace: "config",
  sensitive: true,
  spec: {
    apiEndpoint: string(1),
    host: string(2),
    joinToken: string(3),
    insecure: boolean(4),
    tunnel: boolean(5),
  },
  columns: { "API Endpoint": "{.apiEndpoint}", Tunnel: "{.tunnel}" },
});

export type SiderolinkConfig = typeof SiderolinkConfig.Type;
