import type { Call } from "../../../grpc/call.ts";
import { Code, StatusError } from "../../../grpc/status.ts";
import type { machine } from "../../../proto/index.ts";
import { toBigInt, unsigned } from "../../../proto/int64.ts";
import { type EtcdHost, etcdFor } from "./local.ts";

/** MachineService/EtcdMemberList. */
export async function etcdMemberList(
  host: EtcdHost,
  _: machine.EtcdMemberListRequest,
  { signal }: Call,
): Promise<machine.EtcdMemberListResponse.$Properties> {
  using etcd = await etcdFor(host, "member list");
  const members = await etcd.members({ signal });
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
  using etcd = await etcdFor(host, "etcd remove member");
  await etcd.removeMember(toBigInt(member_id), { signal });
  return { messages: [{}] };
}

/** MachineService/EtcdRemoveMember: the same by host name, which older clients call. */
export async function etcdRemoveMember(
  host: EtcdHost,
  { member }: machine.EtcdRemoveMemberRequest,
  { signal }: Call,
): Promise<machine.EtcdRemoveMemberResponse.$Properties> {
  using etcd = await etcdFor(host, "etcd remove member");
  const found = (await etcd.members({ signal })).find(({ name }) => name === member);
  if (member === "" || found === undefined) throw new StatusError(Code.notFound, `there is no etcd member "${member}"`);
  await etcd.removeMember(found.id, { signal });
  return { messages: [{}] };
}
