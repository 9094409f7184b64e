import { rm } from "node:fs/promises";
import { pause } from "../../../async/pause.ts";
import type { Etcd } from "../../../etcd/client.ts";
import type { Call } from "../../../grpc/call.ts";
import { Code, StatusError } from "../../../grpc/status.ts";
import type { machine } from "../../../proto/index.ts";
import type { Machine } from "../../machine.ts";
import { etcdDataDirectory } from "../../services/etcd-data.ts";
import { type EtcdHost, etcdFor } from "./local.ts";

/** A member that was just started is let go only once it has met the others. */
const patienceMs = 300_000;
const retryMs = 2_000;

/** MachineService/EtcdForfeitLeadership: another member leads; the answer names it, or nobody if this one did not lead. */
export async function etcdForfeitLeadership(
  host: EtcdHost,
  _: machine.EtcdForfeitLeadershipRequest,
  { signal }: Call,
): Promise<machine.EtcdForfeitLeadershipResponse.$Properties> {
  using etcd = await etcdFor(host, "etcd forfeit leadership");
  const { memberId, leader } = await etcd.status({ signal });
  const members = await etcd.members({ signal });
  if (members.length === 1) {
    throw new StatusError(Code.failedPrecondition, "cannot forfeit leadership, only one member");
  }
  if (memberId !== leader) return { messages: [{}] };
  const next = members.find(({ id, isLearner }) => id !== memberId && !isLearner);
  if (next === undefined) throw new StatusError(Code.failedPrecondition, "no other member may lead");
  await etcd.moveLeader(next.id, { signal });
  return { messages: [{ member: next.name }] };
}

/** MachineService/EtcdLeaveCluster: the cluster forgets this member, and the machine its data. */
export async function etcdLeaveCluster(
  host: EtcdHost & Pick<Machine, "supervisor">,
  _: machine.EtcdLeaveClusterRequest,
  { signal }: Call,
): Promise<machine.EtcdLeaveClusterResponse.$Properties> {
  using etcd = await etcdFor(host, "etcd leave");
  await removeItself(etcd, AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]));
  // From here on the data is worth nothing: whoever started with it would be refused for ever.
  await host.supervisor.stop("etcd");
  await rm(etcdDataDirectory, { recursive: true, force: true });
  return { messages: [{}] };
}

async function removeItself(etcd: Etcd, signal: AbortSignal): Promise<void> {
  const { memberId } = await etcd.status({ signal });
  while (true) {
    try {
      return await etcd.removeMember(memberId, { signal });
    } catch (thrown) {
      if (!(thrown instanceof StatusError) || signal.aborted) throw thrown;
      if (thrown.code === Code.notFound) return;
      if (thrown.code !== Code.unavailable) throw thrown;
      await pause(retryMs, signal);
    }
  }
}
