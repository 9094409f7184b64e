import type { Call } from "../../../grpc/call.ts";
import type { google, machine } from "../../../proto/index.ts";
import { unsigned } from "../../../proto/int64.ts";
import { askEtcd, type EtcdHost } from "./local.ts";

/** MachineService/EtcdStatus: what this machine's member says of itself. */
export async function etcdStatus(
  host: EtcdHost,
  _: google.protobuf.Empty,
  { signal }: Call,
): Promise<machine.EtcdStatusResponse.$Properties> {
  const status = await askEtcd(host, "etcd status", (etcd) => etcd.status({ signal }));
  return {
    messages: [
      {
        member_status: {
          member_id: unsigned(status.memberId),
          protocol_version: status.version,
          // Before 3.6 the data's version was that of the program.
          storage_version: status.storageVersion || status.version.replace(/^(\d+\.\d+)\..*$/, "$1.0"),
          db_size: status.databaseBytes,
          db_size_in_use: status.databaseUsedBytes,
          leader: unsigned(status.leader),
          raft_index: unsigned(status.raftIndex),
          raft_term: unsigned(status.raftTerm),
          raft_applied_index: unsigned(status.raftAppliedIndex),
          errors: [...status.errors],
          is_learner: status.isLearner,
        },
      },
    ],
  };
}
