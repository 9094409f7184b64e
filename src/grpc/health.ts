import { grpc } from "../proto/index.ts";
import { methodOf } from "../proto/method.ts";
import type { Handlers } from "./handler.ts";
import { implement } from "./implement.ts";
import { Code, StatusError } from "./status.ts";

const { HealthCheckRequest, HealthCheckResponse } = grpc.health.v1;

/** The standard health check, as supervisors and probes call it. */
export const healthCheck = {
  ...methodOf("unary")(HealthCheckRequest, HealthCheckResponse, []),
  path: "grpc.health.v1.Health/Check",
} as const;

/** Serves the standard health check: who can answer it serves. @param services names that may be asked for. */
export function healthHandlers(services: readonly string[]): Handlers {
  return {
    [healthCheck.path]: implement(healthCheck, async ({ service }) => {
      if (service !== "" && !services.includes(service)) throw new StatusError(Code.notFound, "unknown service");
      return { status: HealthCheckResponse.ServingStatus.SERVING };
    }),
  };
}
