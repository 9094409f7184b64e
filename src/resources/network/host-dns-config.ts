import { defineResource } from "../define.ts";
import { address, addressPort, boolean } from "../fields/index.ts";

/** How the local DNS cache is set up. */
export const HostDNSConfig = defineResource({
  type: "HostDNSConfigs.net.talos.dev",
  namespace: "network",
  spec: {
    enabled: boolean(1),
    listenAddresses: addressPort(2).list().optional(),
    serviceHostDNSAddress: address(3).optional(),
    resolveMemberNames: boolean(4).optional(),
  },
  columns: { Enabled: "{.enabled}" },
});

export type HostDNSConfig = typeof HostDNSConfig.Type;
