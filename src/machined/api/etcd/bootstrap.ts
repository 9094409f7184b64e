import { activeConfig, isControlPlane } from "../../../controllers/active-config.ts";
import { Code, StatusError } from "../../../grpc/status.ts";
import type { machine } from "../../../proto/index.ts";
import { TimeStatus } from "../../../resources/time/time-status.ts";
import type { Machine } from "../../machine.ts";
import { etcdSnapshotFile, hasEtcdData } from "../../services/etcd-data.ts";
import { whenResource } from "../../supervisor/conditions.ts";

const timeWaitMs = 5_000;

/** MachineService/Bootstrap: lets this machine's etcd begin a cluster, which only one machine may do, and only once. */
export async function bootstrap(
  { state, bootstrapGate }: Pick<Machine, "state" | "bootstrapGate">,
  { recover_etcd, recover_skip_hash_check }: machine.BootstrapRequest,
): Promise<machine.BootstrapResponse.$Properties> {
  const config = await activeConfig(state);
  if (config === undefined) throw refused("bootstrap is not available yet");
  if (!isControlPlane(config)) throw refused("bootstrap can only be performed on a control plane node");
  await whenTimeIsInSync(state);
  if (await hasEtcdData()) throw new StatusError(Code.alreadyExists, "etcd data directory is not empty");
  if (recover_etcd && !(await Bun.file(etcdSnapshotFile).exists())) throw refused("no snapshot of etcd was uploaded");
  const isOpened = bootstrapGate.open(recover_etcd ? { recover: { skipHashCheck: recover_skip_hash_check } } : {});
  if (isOpened) return { messages: [{}] };
  if (bootstrapGate.wasOpened) throw new StatusError(Code.alreadyExists, "bootstrap is already under way");
  throw refused("bootstrap is not available yet");
}

/** Certificates made with a clock that is wrong would not hold. */
async function whenTimeIsInSync(state: Machine["state"]): Promise<void> {
  const patience = AbortSignal.timeout(timeWaitMs);
  await whenResource(state, TimeStatus, "node", ({ synced }) => synced, patience).catch(() => {
    throw refused("time is not in sync yet");
  });
}

const refused = (message: string) => new StatusError(Code.failedPrecondition, message);
