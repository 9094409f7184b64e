import { defineResource } from "../define.ts";
import { boolean } from "../fields/index.ts";

/** How ready the network is. */
export const NetworkStatus = defineResource({
  type: "NetworkStatuses.net.talos.dev",
  aliases: ["netstatus", "netstatuses"],
  namespace: "network",
  spec: {
    addressReady: boolean(1),
    connectivityReady: boolean(2),
    hostnameReady: boolean(3),
    etcFilesReady: boolean(4),
  },
  columns: {
    Address: "{.addressReady}",
    Connectivity: "{.connectivityReady}",
    Hostname: "{.hostnameReady}",
    Etc: "{.etcFilesReady}",
  },
});

export type NetworkStatus = typeof NetworkStatus.Type;
