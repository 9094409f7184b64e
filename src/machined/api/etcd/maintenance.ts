import type { Call } from "../../../grpc/call.ts";
import type { common, google, machine } from "../../../proto/index.ts";
import { toData } from "../files/data.ts";
import { askEtcd, type EtcdHost, etcdFor } from "./local.ts";

/** MachineService/EtcdDefragment. */
export async function etcdDefragment(
  host: EtcdHost,
  _: google.protobuf.Empty,
  { signal }: Call,
): Promise<machine.EtcdDefragmentResponse.$Properties> {
  await askEtcd(host, "etcd defragment", (etcd) => etcd.defragment({ signal }));
  return { messages: [{}] };
}

/** MachineService/EtcdSnapshot: the member's database and, as the last 32 bytes, its SHA-256. */
export async function* etcdSnapshot(
  host: EtcdHost,
  _: machine.EtcdSnapshotRequest,
  { signal }: Call,
): AsyncGenerator<common.Data.$Properties> {
  using etcd = await etcdFor(host, "etcd snapshot");
  yield* toData(etcd.snapshot({ signal }));
}
