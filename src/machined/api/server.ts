import { chown, mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { createGrpcServer, type GrpcServer } from "../../grpc/server/server.ts";
import { ApiCertificate } from "../../resources/secrets/api-certificate.ts";
import { MaintenanceServiceCertificate } from "../../resources/secrets/maintenance-service-certificate.ts";
import { OSRootSecret } from "../../resources/secrets/os-root-secret.ts";
import { TrustdCertificate } from "../../resources/secrets/trustd-certificate.ts";
import { apidProgram, machineSocket, trustdProgram } from "../../well-known.ts";
import type { Machine } from "../machine.ts";
import { authorizeCaller } from "./authorize.ts";
import { clusterHandlers } from "./cluster/health-check.ts";
import { machineHandlers } from "./handlers.ts";
import { inspectHandlers } from "./inspect/controller-dependencies.ts";
import { checkByRole, checkByType } from "./state/access.ts";
import { stateHandlers } from "./state/handlers.ts";
import { timeHandlers } from "./time/handlers.ts";

/** What apid may read of the state: the certificates it serves with. */
const apidMayRead = checkByType(ApiCertificate, MaintenanceServiceCertificate);
/** What trustd may read: its certificate, and the authority and token by which it signs. */
const trustdMayRead = checkByType(TrustdCertificate, OSRootSecret);

/**
 * Opens the machine's API: all of it for apid, which has checked who calls, and to apid and trustd each a view of the
 * few resources that they run on.
 */
export async function serveApi(machine: Machine): Promise<AsyncDisposable> {
  const { state, runtime, log, configuration } = machine;
  const onError = (method: string, message: string): void => log("warn", `api: ${method}: ${message}`);
  const servers = new AsyncDisposableStack();
  const open = async (services: Parameters<typeof createGrpcServer>[0], path: string, uid: number): Promise<void> => {
    await listenFor(uid, path, servers.use(createGrpcServer({ ...services, onError })));
  };

  const services = {
    ...machineHandlers(machine),
    ...stateHandlers({ state, check: checkByRole }),
    ...inspectHandlers(runtime),
    ...timeHandlers(machine),
    ...clusterHandlers(machine),
  };
  await open({ services, interceptors: [authorizeCaller(configuration)] }, machineSocket, apidProgram.uid);
  await open({ services: stateHandlers({ state, check: apidMayRead }) }, apidProgram.stateSocket, apidProgram.uid);
  await open(
    { services: stateHandlers({ state, check: trustdMayRead }) },
    trustdProgram.stateSocket,
    trustdProgram.uid,
  );
  return servers;
}

/** A socket that root and one user may connect to. */
async function listenFor(uid: number, path: string, server: GrpcServer): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o755 });
  await server.listenUnix(path, 0o600);
  await chown(path, uid, uid);
}
