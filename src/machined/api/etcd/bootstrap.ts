import { activeConfig, isControlPlane } from "../../../controllers/active-config.ts";
import { SnapshotCheck } from "../../../etcd/snapshot-check.ts";
import type { Call } from "../../../grpc/call.ts";
import { Code, StatusError } from "../../../grpc/status.ts";
import type { machine } from "../../../proto/index.ts";
import { TimeStatus } from "../../../resources/time/time-status.ts";
import { type EtcdPlace, etcdPlace, hasEtcdData, snapshotOf } from "../../etcd/place.ts";
import type { Machine } from "../../machine.ts";
import { whenResource } from "../../supervisor/conditions.ts";

const timeWaitMs = 5_000;

/** MachineService/Bootstrap: lets this machine's etcd begin a cluster, which only one machine may do, and only once. */
export async function bootstrap(
  { state, bootstrapGate }: Pick<Machine, "state" | "bootstrapGate">,
  { recover_etcd, recover_skip_hash_check }: machine.BootstrapRequest,
  _?: Call,
  place = etcdPlace,
): Promise<machine.BootstrapResponse.$Properties> {
  const config = await activeConfig(state);
  if (config === undefined) throw refused("bootstrap is not available yet");
  if (!isControlPlane(config)) throw refused("bootstrap can only be performed on a control plane node");
  await whenTimeIsInSync(state);
  if (await hasEtcdData(place)) throw new StatusError(Code.alreadyExists, "etcd data directory is not empty");
  if (recover_etcd) await checkSnapshot(place, recover_skip_hash_check);
  const isOpened = bootstrapGate.open(recover_etcd ? { recover: { skipHashCheck: recover_skip_hash_check } } : {});
  if (isOpened) return { messages: [{}] };
  if (bootstrapGate.refusal !== undefined) {
    throw new StatusError(Code.alreadyExists, `bootstrap would make a second cluster: ${bootstrapGate.refusal}`);
  }
  if (bootstrapGate.wasOpened) throw new StatusError(Code.alreadyExists, "bootstrap is already under way");
  throw refused("bootstrap is not available yet");
}

/** What is damaged is refused at once, and not when etcd's tool finds it, long after the answer. */
async function checkSnapshot(place: EtcdPlace, skipHashCheck: boolean): Promise<void> {
  const file = Bun.file(snapshotOf(place));
  if (!(await file.exists())) throw refused("no snapshot of etcd was uploaded");
  if (skipHashCheck) return;
  const check = new SnapshotCheck();
  for await (const chunk of file.stream()) check.push(chunk);
  const problem = check.problem();
  if (problem === undefined) return;
  throw new StatusError(
    Code.invalidArgument,
    `the snapshot cannot be used: ${problem} (--recover-skip-hash-check is for a copy of a member's database)`,
  );
}

/** Certificates made with a clock that is wrong would not hold. */
async function whenTimeIsInSync(state: Machine["state"]): Promise<void> {
  const patience = AbortSignal.timeout(timeWaitMs);
  await whenResource(state, TimeStatus, "node", ({ synced }) => synced, patience).catch(() => {
    throw refused("time is not in sync yet");
  });
}

const refused = (message: string) => new StatusError(Code.failedPrecondition, message);
