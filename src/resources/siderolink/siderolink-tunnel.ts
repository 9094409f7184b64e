import { defineResource } from "../define.ts";
import { addressPort, int64, string } from "../fields/index.ts";

/** The tunnel to the fleet manager over gRPC. */
export const SiderolinkTunnel = defineResource({
  type: "SiderolinkTunnels.siderolink.talos.dev",
  namespace: "config",
  sensitive: true,
  spec: {
    apiEndpoint: string(1),
    linkName: string(2),
    mtu: int64(3),
    nodeAddress: addressPort(4),
  },
  columns: {
    "API Endpoint": "{.apiEndpoint}",
    "Link name": "{.linkName}",
    MTU: "{.mtu}",
    "Node address": "{.nodeAddress}",
  },
});

export type SiderolinkTunnel = typeof SiderolinkTunnel.Type;
