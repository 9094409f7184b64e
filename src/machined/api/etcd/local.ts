import { activeConfig, isControlPlane } from "../../../controllers/active-config.ts";
import { localEtcd } from "../../../controllers/etcd/local.ts";
import type { Etcd } from "../../../etcd/client.ts";
import { Code, StatusError } from "../../../grpc/status.ts";
import type { Machine } from "../../machine.ts";

export type EtcdHost = Pick<Machine, "state">;

/**
 * This machine's member, for one call.
 * @param what the call, as the refusal names it.
 * @throws StatusError on a worker, and on a machine that is not ready for it.
 */
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
