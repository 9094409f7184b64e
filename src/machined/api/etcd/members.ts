import type { Call } from "../../../grpc/call.ts";
import { Code, StatusError } from "../../../grpc/status.ts";
import type { machine } from "../../../proto/index.ts";
import { toBigInt, unsigned } from "../../../proto/int64.ts";
import { askCluster, askEtcd, type EtcdHost } from "./local.ts";

/** MachineService/EtcdMemberList: as this machine's member sees them, or any that has most of the others with it. */
export async function etcdMemberList(
  host: EtcdHost,
  { query_local }: machine.EtcdMemberListRequest,
  { signal }: Call,
): Promise<machine.EtcdMemberListResponse.$Properties> {
  const members = query_local
    ? await askEtcd(host, "member list", (etcd) => etcd.members({ signal }))
    : await askCluster(host, "member list", signal, async (_, found) => found);
  return {
    messages: [
      {
        legacy_members: members.map(({ name }) => name),
        members: members.map(({ id, name, peerUrls, clientUrls, isLearner }) => ({
          id: unsigned(id),
          hostname: name,
          peer_urls: [...peerUrls],
          client_urls: [...clientUrls],
          is_learner: isLearner,
        })),
      },
    ],
  };
}

/** MachineService/EtcdRemoveMemberByID: for a member whose machine cannot leave by itself any more. */
export async function etcdRemoveMemberById(
  host: EtcdHost,
  { member_id }: machine.EtcdRemoveMemberByIDRequest,
  { signal }: Call,
): Promise<machine.EtcdRemoveMemberByIDResponse.$Properties> {
  await askCluster(host, "etcd remove member", signal, (etcd) => etcd.removeMember(toBigInt(member_id), { signal }));
  return { messages: [{}] };
}

/** MachineService/EtcdRemoveMember: the same by host name, which older clients call. */
export async function etcdRemoveMember(
  host: EtcdHost,
  { member }: machine.EtcdRemoveMemberRequest,
  { signal }: Call,
): Promise<machine.EtcdRemoveMemberResponse.$Properties> {
  await askCluster(host, "etcd remove member", signal, async (etcd, members) => {
    const found = members.find(({ name }) => name !== "" && name === member);
    if (found === undefined) throw new StatusError(Code.notFound, `there is no etcd member "${member}"`);
    await etcd.removeMember(found.id, { signal });
  });
  return { messages: [{}] };
}
