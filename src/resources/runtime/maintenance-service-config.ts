import { defineResource } from "../define.ts";
import { address, string } from "../fields/index.ts";

/** Where the API listens while there is no configuration. */
export const MaintenanceServiceConfig = defineResource({
  type: "MaintenanceServiceConfigs.runtime.talos.dev",
  namespace: "runtime",
  spec: {
    listenAddress: string(1),
    reachableAddresses: address(2).list(),
  },
});

export type MaintenanceServiceConfig = typeof MaintenanceServiceConfig.Type;
