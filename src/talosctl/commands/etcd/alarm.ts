import type { Message } from "../../client/client.ts";
import { type Context, command, family } from "../../command.ts";
import { table } from "../../output/table.ts";

type AlarmMessage = Message<"machine.MachineService/EtcdAlarmList"> | Message<"machine.MachineService/EtcdAlarmDisarm">;

const list = command({
  name: "list",
  summary: "Show alarms of etcd",
  description: "An alarm says that a member has no space left, or that its data differs from that of the others.",
  examples: ["talosctl etcd alarm list"],
  async run({ client, print }) {
    await show(await (await client()).call("machine.MachineService/EtcdAlarmList", {}), print);
  },
});

const disarm = command({
  name: "disarm",
  summary: "End alarms of etcd, and show which there were",
  description: "Remove their cause first: until an alarm for space is ended, etcd only reads and deletes.",
  examples: ["talosctl etcd alarm disarm"],
  async run({ client, print }) {
    await show(await (await client()).call("machine.MachineService/EtcdAlarmDisarm", {}), print);
  },
});

export const alarm = family({ name: "alarm", summary: "Show and end alarms of etcd", commands: [list, disarm] });

/** No alarm, no table: as it is with the public client. */
async function show(
  replies: readonly { readonly node: string; readonly message: AlarmMessage }[],
  print: Context["print"],
): Promise<void> {
  const [{ machine }, { formatMemberId }, { toBigInt }] = await Promise.all([
    import("../../../proto/index.ts"),
    import("../../../etcd/member-id.ts"),
    import("../../../proto/int64.ts"),
  ]);
  const rows = replies.flatMap(({ node, message }) =>
    message.member_alarms.map(({ member_id, alarm }) => [
      node,
      formatMemberId(toBigInt(member_id)),
      machine.EtcdMemberAlarm.AlarmType[alarm] ?? String(alarm),
    ]),
  );
  if (rows.length > 0) await print(table(["NODE", "MEMBER", "ALARM"], rows));
}
