import { defineController } from "../../cosi/controller.ts";
import { NodeAddress } from "../../resources/network/node-address.ts";
import { MaintenanceServiceConfig } from "../../resources/runtime/maintenance-service-config.ts";
import { MaintenanceServiceRequest } from "../../resources/runtime/maintenance-service-request.ts";

/** Says where a machine that waits for its config is reached. @param port the API's */
export const maintenanceConfigController = (port: number) =>
  defineController({
    name: "runtime.MaintenanceConfigController",
    inputs: [
      { kind: MaintenanceServiceRequest, id: "maintenance", strength: "weak" },
      { kind: NodeAddress, id: "current", strength: "weak" },
    ],
    outputs: [{ kind: MaintenanceServiceConfig, sharing: "exclusive" }],
    async reconcile(context) {
      if ((await context.get(MaintenanceServiceRequest, "maintenance")) === undefined) return;
      const addresses = (await context.get(NodeAddress, "current"))?.spec.addresses ?? [];
      await context.put(MaintenanceServiceConfig, "maintenance", {
        listenAddress: `:${port}`,
        reachableAddresses: addresses.map((prefix) => prefix.replace(/\/\d+$/, "")),
      });
    },
  });
