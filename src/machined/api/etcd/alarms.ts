import type { Alarm } from "../../../etcd/client.ts";
import type { Call } from "../../../grpc/call.ts";
import { type google, machine } from "../../../proto/index.ts";
import { unsigned } from "../../../proto/int64.ts";
import { type EtcdHost, etcdFor } from "./local.ts";

const { AlarmType } = machine.EtcdMemberAlarm;
const types = { none: AlarmType.NONE, nospace: AlarmType.NOSPACE, corrupt: AlarmType.CORRUPT } as const;

/** MachineService/EtcdAlarmList. */
export async function etcdAlarmList(
  host: EtcdHost,
  _: google.protobuf.Empty,
  { signal }: Call,
): Promise<machine.EtcdAlarmListResponse.$Properties> {
  using etcd = await etcdFor(host, "etcd alarm list");
  return { messages: [{ member_alarms: (await etcd.alarms({ signal })).map(messageOf) }] };
}

/** MachineService/EtcdAlarmDisarm: answers with the alarms that it ended. */
export async function etcdAlarmDisarm(
  host: EtcdHost,
  _: google.protobuf.Empty,
  { signal }: Call,
): Promise<machine.EtcdAlarmDisarmResponse.$Properties> {
  using etcd = await etcdFor(host, "etcd alarm disarm");
  return { messages: [{ member_alarms: (await etcd.disarm({ signal })).map(messageOf) }] };
}

const messageOf = ({ memberId, alarm }: Alarm) => ({ member_id: unsigned(memberId), alarm: types[alarm] });
