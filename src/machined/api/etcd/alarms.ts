import type { Alarm } from "../../../etcd/client.ts";
import type { Call } from "../../../grpc/call.ts";
import { type google, machine } from "../../../proto/index.ts";
import { unsigned } from "../../../proto/int64.ts";
import { askEtcd, type EtcdHost } from "./local.ts";

const { AlarmType } = machine.EtcdMemberAlarm;
const types = { none: AlarmType.NONE, nospace: AlarmType.NOSPACE, corrupt: AlarmType.CORRUPT } as const;

/** MachineService/EtcdAlarmList. */
export async function etcdAlarmList(
  host: EtcdHost,
  _: google.protobuf.Empty,
  { signal }: Call,
): Promise<machine.EtcdAlarmListResponse.$Properties> {
  const alarms = await askEtcd(host, "etcd alarm list", (etcd) => etcd.alarms({ signal }));
  return { messages: [{ member_alarms: alarms.map(messageOf) }] };
}

/** MachineService/EtcdAlarmDisarm: answers with the alarms that it ended. */
export async function etcdAlarmDisarm(
  host: EtcdHost,
  _: google.protobuf.Empty,
  { signal }: Call,
): Promise<machine.EtcdAlarmDisarmResponse.$Properties> {
  const alarms = await askEtcd(host, "etcd alarm disarm", (etcd) => etcd.disarm({ signal }));
  return { messages: [{ member_alarms: alarms.map(messageOf) }] };
}

const messageOf = ({ memberId, alarm }: Alarm) => ({ member_id: unsigned(memberId), alarm: types[alarm] });
