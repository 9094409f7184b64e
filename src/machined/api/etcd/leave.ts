import { rm } from "node:fs/promises";
import { pause } from "../../../async/pause.ts";
import { reachCluster } from "../../../controllers/etcd/reach.ts";
import type { Etcd } from "../../../etcd/client.ts";
import { explained } from "../../../etcd/explain.ts";
import { parseMemberId } from "../../../etcd/member-id.ts";
import type { Call } from "../../../grpc/call.ts";
import { Code, StatusError } from "../../../grpc/status.ts";
import type { machine } from "../../../proto/index.ts";
import { EtcdMember } from "../../../resources/etcd/etcd-member.ts";
import { EtcdSpec } from "../../../resources/etcd/etcd-spec.ts";
import { etcdPlace } from "../../etcd/place.ts";
import type { Machine } from "../../machine.ts";
import { askEtcd, type EtcdHost, etcdFor, refuseOnWorker } from "./local.ts";

/** A member that was just started is let go only once it has met the others. */
const patienceMs = 300_000;
/** Long enough to elect another leader; without most of the members there is none. */
const reachPatienceMs = 20_000;
const retryMs = 2_000;

/** MachineService/EtcdForfeitLeadership: another member leads; the answer names it, or nobody if this one did not lead. */
export async function etcdForfeitLeadership(
  host: EtcdHost,
  _: machine.EtcdForfeitLeadershipRequest,
  { signal }: Call,
): Promise<machine.EtcdForfeitLeadershipResponse.$Properties> {
  const next = await askEtcd(host, "etcd forfeit leadership", (etcd) => forfeit(etcd, signal));
  return { messages: [next === undefined ? {} : { member: next }] };
}

/** @returns the name of the member that leads now; undefined when this one did not. */
async function forfeit(etcd: Etcd, signal: AbortSignal): Promise<string | undefined> {
  const { memberId, leader } = await etcd.status({ signal });
  const members = await etcd.members({ signal });
  if (members.length === 1) {
    throw new StatusError(Code.failedPrecondition, "cannot forfeit leadership, only one member");
  }
  if (memberId !== leader) return undefined;
  let problem: unknown = new StatusError(Code.failedPrecondition, "no other member may lead");
  for (const { id, name } of members.filter(({ id, isLearner }) => id !== memberId && !isLearner)) {
    try {
      await etcd.moveLeader(id, { signal });
      return name;
    } catch (thrown) {
      problem = thrown; // that member may be down: the next one
    }
  }
  throw problem;
}

/** MachineService/EtcdLeaveCluster: the cluster forgets this member, and the machine its data. */
export async function etcdLeaveCluster(
  host: EtcdHost & Pick<Machine, "supervisor">,
  _: machine.EtcdLeaveClusterRequest,
  { signal }: Call,
  place = etcdPlace,
): Promise<machine.EtcdLeaveClusterResponse.$Properties> {
  await refuseOnWorker(host.state, "etcd leave");
  const patience = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
  // Without a leader that goes the others need not elect one. Whoever does not lead, or runs no more, has none to give.
  await (async () => {
    using etcd = await etcdFor(host, "etcd leave");
    await forfeit(etcd, patience);
  })().catch(() => undefined);
  await removeItself(host, patience);
  // From here on the data is worth nothing: whoever started with it would be refused for ever.
  await host.supervisor.stop("etcd");
  await rm(place.data, { recursive: true, force: true });
  return { messages: [{}] };
}

async function removeItself(host: EtcdHost, signal: AbortSignal): Promise<void> {
  const id = await ownId(host);
  const began = performance.now();
  while (true) {
    try {
      using cluster = await reachCluster(host.state, { alsoOwn: true, signal });
      const name = (await host.state.get(EtcdSpec, "etcd"))?.spec.name;
      const own = cluster.members.find((member) => (id === undefined ? member.name === name : member.id === id));
      // It was removed already, by somebody else or by a try whose answer was lost.
      if (own === undefined) return;
      return await cluster.etcd.removeMember(own.id, { signal });
    } catch (thrown) {
      if (thrown instanceof StatusError && thrown.code === Code.notFound) return;
      if (signal.aborted || !mayPass(thrown, performance.now() - began)) throw explained(thrown);
      await pause(retryMs, signal);
    }
  }
}

/** It has not met the others for long enough, or it stops; or nobody leads, as happens when a leader goes. */
const mayPass = (thrown: unknown, waitedMs: number): boolean =>
  thrown instanceof StatusError ? thrown.code === Code.unavailable : waitedMs < reachPatienceMs;

/** A member that does not run, such as one that was removed, is found by its name. */
async function ownId({ state }: EtcdHost): Promise<bigint | undefined> {
  const member = await state.get(EtcdMember, "local");
  return member === undefined ? undefined : parseMemberId(member.spec.memberID);
}
