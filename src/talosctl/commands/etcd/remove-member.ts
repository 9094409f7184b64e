import { required } from "../../argument.ts";
import { command } from "../../command.ts";

export const removeMember = command({
  name: "remove-member",
  summary: "Remove a member from etcd's cluster, by its id",
  description:
    "For a machine that is gone or broken. One that still answers should leave by itself: talosctl etcd leave",
  args: { id: required("Id of the member, as talosctl etcd members shows it") },
  examples: ["talosctl etcd remove-member -n 10.0.0.2 8e9e05c52164694d"],
  async run({ args, client }) {
    const [{ parseMemberId }, { unsigned }] = await Promise.all([
      import("../../../etcd/member-id.ts"),
      import("../../../proto/int64.ts"),
    ]);
    const member_id = unsigned(parseMemberId(args.id));
    await (await client()).call("machine.MachineService/EtcdRemoveMemberByID", { member_id });
  },
});
