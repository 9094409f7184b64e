import type { CallOptions, Channel, RemoteMethod } from "../grpc/client/channel.ts";
import { connect } from "../grpc/client/connect.ts";
import { remoteMethods } from "../grpc/client/remote-methods.ts";
import type { Target } from "../grpc/target.ts";
import { etcdserverpb as pb } from "../proto/etcd.ts";
import { type Int64, toBigInt, toNumber, unsigned } from "../proto/int64.ts";
import type { Message } from "../proto/message.ts";
import { type LockOptions, revokeLease, withLock } from "./lock.ts";

const kv = remoteMethods("etcdserverpb.KV");
const cluster = remoteMethods("etcdserverpb.Cluster");
const maintenance = remoteMethods("etcdserverpb.Maintenance");
const methods = {
  range: kv("Range", pb.RangeRequest, pb.RangeResponse),
  memberAdd: cluster("MemberAdd", pb.MemberAddRequest, pb.MemberAddResponse),
  memberPromote: cluster("MemberPromote", pb.MemberPromoteRequest, pb.MemberPromoteResponse),
  memberUpdate: cluster("MemberUpdate", pb.MemberUpdateRequest, pb.MemberUpdateResponse),
  memberList: cluster("MemberList", pb.MemberListRequest, pb.MemberListResponse),
  memberRemove: cluster("MemberRemove", pb.MemberRemoveRequest, pb.MemberRemoveResponse),
  alarm: maintenance("Alarm", pb.AlarmRequest, pb.AlarmResponse),
  status: maintenance("Status", pb.StatusRequest, pb.StatusResponse),
  defragment: maintenance("Defragment", pb.DefragmentRequest, pb.DefragmentResponse),
  snapshot: maintenance("Snapshot", pb.SnapshotRequest, pb.SnapshotResponse),
  moveLeader: maintenance("MoveLeader", pb.MoveLeaderRequest, pb.MoveLeaderResponse),
  downgrade: maintenance("Downgrade", pb.DowngradeRequest, pb.DowngradeResponse),
};

/** For a member that is in no hurry. Calls wait for a connection before. */
const timeoutMs = 10_000;
/** For one machine: another may answer. */
const connectTimeoutMs = 5_000;
/** It rewrites the whole database, up to gigabytes. */
const defragmentTimeoutMs = 600_000;
const downgradeActions = {
  validate: pb.DowngradeRequest.DowngradeAction.VALIDATE,
  enable: pb.DowngradeRequest.DowngradeAction.ENABLE,
  cancel: pb.DowngradeRequest.DowngradeAction.CANCEL,
} as const satisfies Record<DowngradeAction, unknown>;
const withLeader = { hasleader: "true" };

export interface Member {
  readonly id: bigint;
  /** Empty until it has started for the first time. */
  readonly name: string;
  readonly peerUrls: readonly string[];
  readonly clientUrls: readonly string[];
  readonly isLearner: boolean;
}

/** What to do about data that an older etcd should read. */
export type DowngradeAction = "validate" | "enable" | "cancel";

export type AlarmName = "none" | "nospace" | "corrupt";

export interface Alarm {
  readonly memberId: bigint;
  readonly alarm: AlarmName;
}

/** What the member that was asked says of itself. */
export interface MemberStatus {
  readonly memberId: bigint;
  readonly version: string;
  /** Version of the data; empty before etcd 3.6. */
  readonly storageVersion: string;
  readonly databaseBytes: number;
  /** The rest is what a defragmentation gives back. */
  readonly databaseUsedBytes: number;
  /** Zero when there is none. */
  readonly leader: bigint;
  readonly raftIndex: bigint;
  readonly raftTerm: bigint;
  readonly raftAppliedIndex: bigint;
  readonly errors: readonly string[];
  readonly isLearner: boolean;
}

/** One etcd member. Methods reject with StatusError, whose text is etcd's. */
export interface Etcd extends Disposable {
  members(options?: CallOptions): Promise<Member[]>;
  /** Those that the asked member knows of, also when nobody leads; a change may not have come to it. */
  knownMembers(options?: CallOptions): Promise<Member[]>;
  /** Adds a member without a vote, which is to start now. @returns its id, and all members there are then */
  addLearner(peerUrls: readonly string[], options?: CallOptions): Promise<{ id: bigint; members: Member[] }>;
  /** Gives a learner its vote. Fails with FailedPrecondition until it has what the leader has. */
  promote(id: bigint, options?: CallOptions): Promise<void>;
  updateMember(id: bigint, peerUrls: readonly string[], options?: CallOptions): Promise<void>;
  removeMember(id: bigint, options?: CallOptions): Promise<void>;
  /** Resolves when a member with a vote reads with the consent of most: it then serves. */
  checkQuorum(options?: CallOptions): Promise<void>;
  status(options?: CallOptions): Promise<MemberStatus>;
  alarms(options?: CallOptions): Promise<Alarm[]>;
  /** Ends every alarm of every member. @returns those that there were */
  disarm(options?: CallOptions): Promise<Alarm[]>;
  /** Gives unused space of the member's database back; it answers nobody meanwhile. */
  defragment(options?: CallOptions): Promise<void>;
  /** The database, then the SHA-256 of it: 32 bytes. */
  snapshot(options?: CallOptions): AsyncIterable<Uint8Array>;
  /** Asked of the leader alone. */
  moveLeader(target: bigint, options?: CallOptions): Promise<void>;
  /** See withLock: work that nobody else in the cluster does at the same time. */
  withLock<T>(name: string, work: (signal: AbortSignal) => Promise<T>, options: LockOptions): Promise<T>;
  /** Ends a lease, which another member may have granted. */
  revokeLease(lease: Int64, options?: CallOptions): Promise<void>;
  /** @param version MAJOR.MINOR; empty to cancel. @returns the cluster's version as it is */
  downgrade(action: DowngradeAction, version: string, options?: CallOptions): Promise<string>;
}

/** A client over a connection of its own, made at the first call. */
export const connectEtcd = (target: Target): Etcd => etcdOver(connect({ target, connectTimeoutMs }));

export function etcdOver(channel: Channel): Etcd {
  const call = <Q extends Message, R extends Message>(
    method: RemoteMethod<Q, R>,
    request: Parameters<Q["encode"]>[0],
    options: CallOptions = {},
  ) => channel.unary(method, request, { timeoutMs, ...options });
  const armed = async (options?: CallOptions) =>
    (await call(methods.alarm, { action: pb.AlarmRequest.AlarmAction.GET }, options)).alarms;
  return {
    async members(options) {
      const request = { linearizable: true };
      const { members } = await call(methods.memberList, request, { metadata: withLeader, ...options });
      return members.map(memberOf);
    },
    async knownMembers(options) {
      const { members } = await call(methods.memberList, { linearizable: false }, options);
      return members.map(memberOf);
    },
    async addLearner(peerUrls, options) {
      const request = { peerURLs: [...peerUrls], isLearner: true };
      const { member, members } = await call(methods.memberAdd, request, { metadata: withLeader, ...options });
      return { id: toBigInt(member?.ID ?? 0), members: members.map(memberOf) };
    },
    async promote(id, options) {
      await call(methods.memberPromote, { ID: unsigned(id) }, { metadata: withLeader, ...options });
    },
    async updateMember(id, peerUrls, options) {
      const request = { ID: unsigned(id), peerURLs: [...peerUrls] };
      await call(methods.memberUpdate, request, { metadata: withLeader, ...options });
    },
    async checkQuorum(options) {
      const request = { key: Buffer.from("health"), limit: 1, keys_only: true };
      await call(methods.range, request, { metadata: withLeader, ...options });
    },
    async removeMember(id, options) {
      await call(methods.memberRemove, { ID: unsigned(id) }, { metadata: withLeader, ...options });
    },
    status: async (options) => statusOf(await call(methods.status, {}, options)),
    alarms: async (options) => (await armed(options)).map(alarmOf),
    async disarm(options) {
      const alarms = await armed(options);
      const action = pb.AlarmRequest.AlarmAction.DEACTIVATE;
      for (const { memberID, alarm } of alarms) await call(methods.alarm, { action, memberID, alarm }, options);
      return alarms.map(alarmOf);
    },
    async defragment(options) {
      await call(methods.defragment, {}, { timeoutMs: defragmentTimeoutMs, ...options });
    },
    async *snapshot(options) {
      for await (const { blob } of channel.serverStream(methods.snapshot, {}, options)) yield blob;
    },
    async moveLeader(target, options) {
      await call(methods.moveLeader, { targetID: unsigned(target) }, { metadata: withLeader, ...options });
    },
    async downgrade(action, version, options) {
      const request = { action: downgradeActions[action], version };
      return (await call(methods.downgrade, request, options)).version;
    },
    withLock: (name, work, options) => withLock(channel, name, work, options),
    revokeLease: (lease, options) => revokeLease(channel, lease, options),
    [Symbol.dispose]: () => channel.close(),
  };
}

const memberOf = (member: pb.Member): Member => ({
  id: toBigInt(member.ID),
  name: member.name,
  peerUrls: member.peerURLs,
  clientUrls: member.clientURLs,
  isLearner: member.isLearner,
});

const statusOf = (status: pb.StatusResponse): MemberStatus => ({
  memberId: toBigInt(status.header?.member_id ?? 0),
  version: status.version,
  storageVersion: status.storageVersion,
  databaseBytes: toNumber(status.dbSize),
  databaseUsedBytes: toNumber(status.dbSizeInUse),
  leader: toBigInt(status.leader),
  raftIndex: toBigInt(status.raftIndex),
  raftTerm: toBigInt(status.raftTerm),
  raftAppliedIndex: toBigInt(status.raftAppliedIndex),
  errors: status.errors,
  isLearner: status.isLearner,
});

const alarmOf = ({ memberID, alarm }: pb.AlarmMember): Alarm => ({
  memberId: toBigInt(memberID),
  alarm: alarmName(alarm),
});

function alarmName(alarm: pb.AlarmType): AlarmName {
  if (alarm === pb.AlarmType.NOSPACE) return "nospace";
  return alarm === pb.AlarmType.CORRUPT ? "corrupt" : "none";
}
