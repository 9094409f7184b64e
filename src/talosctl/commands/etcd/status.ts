import { command } from "../../command.ts";
import { table } from "../../output/table.ts";
import { humanBytes } from "../../output/units.ts";

const headers = [
  ...["NODE", "MEMBER", "DB SIZE", "IN USE", "LEADER", "RAFT INDEX", "RAFT TERM", "RAFT APPLIED INDEX", "LEARNER"],
  ...["PROTOCOL", "STORAGE", "ERRORS"],
];

export const status = command({
  name: "status",
  summary: "Show what each machine's etcd says of itself",
  examples: ["talosctl etcd status -n 10.0.0.2,10.0.0.3,10.0.0.4"],
  async run({ client, print }) {
    const replies = await (await client()).call("machine.MachineService/EtcdStatus", {});
    const [{ formatMemberId }, { toBigInt }] = await Promise.all([
      import("../../../etcd/member-id.ts"),
      import("../../../proto/int64.ts"),
    ]);
    const rows = replies.flatMap(({ node, message: { member_status: member } }) => {
      if (member == null) return [];
      const [size, used] = [Number(member.db_size), Number(member.db_size_in_use)];
      const share = size > 0 ? (used / size) * 100 : 0;
      return [
        [
          ...[node, formatMemberId(toBigInt(member.member_id)), humanBytes(size)],
          ...[`${humanBytes(used)} (${share.toFixed(2)}%)`, formatMemberId(toBigInt(member.leader))],
          ...[String(member.raft_index), String(member.raft_term), String(member.raft_applied_index)],
          ...[String(member.is_learner), member.protocol_version, member.storage_version, member.errors.join(", ")],
        ],
      ];
    });
    await print(table(headers, rows));
  },
});
