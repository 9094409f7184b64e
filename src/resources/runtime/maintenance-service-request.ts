import { defineResource } from "../define.ts";

/** Exists while the API of a machine without configuration should run. */
export const MaintenanceServiceRequest = defineResource({
  type: "MaintenanceServiceRequests.runtime.talos.dev",
  namespace: "runtime",
  spec: {},
});

export type MaintenanceServiceRequest = typeof MaintenanceServiceRequest.Type;
