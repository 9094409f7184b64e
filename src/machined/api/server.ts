import { chownSync, rmSync } from "node:fs";
import { authorize } from "../../grpc/authorize.ts";
import { createGrpcServer, type GrpcServer } from "../../grpc/server/server.ts";
import { ApiCertificate } from "../../resources/secrets/api-certificate.ts";
import { OSRootSecret } from "../../resources/secrets/os-root-secret.ts";
import { TrustdCertificate } from "../../resources/secrets/trustd-certificate.ts";
import type { Machine } from "../machine.ts";
import { machineHandlers } from "./handlers.ts";
import { inspectHandlers } from "./inspect/controller-dependencies.ts";
import { checkByRole, checkByType } from "./state/access.ts";
import { stateHandlers } from "./state/handlers.ts";

/** Users that apid and trustd run as: theirs are the sockets. */
const users = { apid: 50, trustd: 51 } as const;
const OWNER_ONLY = 0o600;

/**
 * Serves the machine's API on its sockets: all of it to apid, which has authenticated the caller, and the few
 * resources that apid and trustd themselves need, each to its own process.
 */
export async function serveApi(machine: Machine): Promise<readonly GrpcServer[]> {
  const { state, log } = machine;
  const onError = (method: string, message: string) => log("warn", `api: ${method}: ${message}`);
  const api = createGrpcServer({
    services: {
      ...machineHandlers(machine),
      ...stateHandlers({ state, check: checkByRole }),
      ...inspectHandlers(machine.runtime),
    },
    interceptors: [authorize],
    onError,
  });
  const forApid = createGrpcServer({
    services: stateHandlers({ state, check: checkByType(ApiCertificate) }),
    onError,
  });
  const forTrustd = createGrpcServer({
    services: stateHandlers({ state, check: checkByType(TrustdCertificate, OSRootSecret) }),
    onError,
  });
  await listen(api, "/system/run/machined/machine.sock", users.apid);
  await listen(forApid, "/system/run/apid/runtime.sock", users.apid);
  await listen(forTrustd, "/system/run/trustd/runtime.sock", users.trustd);
  return [api, forApid, forTrustd];
}

async function listen(server: GrpcServer, path: string, user: number): Promise<void> {
  rmSync(path, { force: true });
  await server.listenUnix(path, OWNER_ONLY);
  chownSync(path, user, user);
}
