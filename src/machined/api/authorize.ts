import { authorize } from "../../grpc/authorize.ts";
import { requireMaintenanceMethod } from "../../grpc/maintenance.ts";
import type { Interceptor } from "../../grpc/server/server.ts";
import type { Configuration } from "../machine.ts";

/** Whoever may call: by the roles that apid vouches for, and while there is no config anybody, a few methods. */
export const authorizeCaller =
  (configuration: Pick<Configuration, "inMaintenance">): Interceptor =>
  (call) =>
    configuration.inMaintenance ? requireMaintenanceMethod(call.method) : authorize(call);
