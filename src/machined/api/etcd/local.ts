import { activeConfig, isControlPlane } from "../../../controllers/active-config.ts";
import { localEtcd } from "../../../controllers/etcd/local.ts";
import { reachCluster } from "../../../controllers/etcd/reach.ts";
import type { Etcd, Member } from "../../../etcd/client.ts";
import { explained } from "../../../etcd/explain.ts";
import { Code, StatusError } from "../../../grpc/status.ts";
import type { Machine } from "../../machine.ts";

export type EtcdHost = Pick<Machine, "state">;

/**
 * This machine's member, for one call.
 * @param what the call, as the refusal names it.
 * @throws StatusError on a worker, on a machine that is not ready for it, and with what to do when etcd fails.
 */
export async function askEtcd<T>(host: EtcdHost, what: string, ask: (etcd: Etcd) => Promise<T>): Promise<T> {
  using etcd = await etcdFor(host, what);
  try {
    return await ask(etcd);
  } catch (thrown) {
    throw explained(thrown);
  }
}

/**
 * Any member that has most of the others with it, this machine's or another's.
 * @throws StatusError on a worker; as Unavailable, with what each member said, when there is none.
 */
export async function askCluster<T>(
  { state }: EtcdHost,
  what: string,
  signal: AbortSignal,
  ask: (etcd: Etcd, members: readonly Member[]) => Promise<T>,
): Promise<T> {
  await refuseOnWorker(state, what);
  try {
    using cluster = await reachCluster(state, { alsoOwn: true, signal });
    return await ask(cluster.etcd, cluster.members);
  } catch (thrown) {
    throw explained(thrown);
  }
}

/** This machine's member, whose failures are told as they are. */
export async function etcdFor({ state }: EtcdHost, what: string): Promise<Etcd> {
  await refuseOnWorker(state, what);
  const etcd = await localEtcd(state);
  if (etcd === undefined) throw new StatusError(Code.failedPrecondition, "etcd has no certificates yet");
  return etcd;
}

export async function refuseOnWorker(state: EtcdHost["state"], what: string): Promise<void> {
  const config = await activeConfig(state);
  if (config !== undefined && isControlPlane(config)) return;
  throw new StatusError(Code.unimplemented, `${what} is only available on control plane nodes`);
}
