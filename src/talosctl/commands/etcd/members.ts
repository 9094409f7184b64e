import { command } from "../../command.ts";
import { table } from "../../output/table.ts";

export const members = command({
  name: "members",
  summary: "Show the members of etcd's cluster",
  description: "Every node is asked, so that one that sees other members stands out.",
  examples: ["talosctl etcd members", "talosctl etcd members -n 10.0.0.2"],
  async run({ client, print }) {
    const replies = await (await client()).call("machine.MachineService/EtcdMemberList", { query_local: true });
    const [{ formatMemberId }, { toBigInt }] = await Promise.all([
      import("../../../etcd/member-id.ts"),
      import("../../../proto/int64.ts"),
    ]);
    const rows = replies.flatMap(({ node, message }) =>
      message.members.map(({ id, hostname, peer_urls, client_urls, is_learner }) => [
        ...[node, formatMemberId(toBigInt(id)), hostname],
        ...[peer_urls.join(","), client_urls.join(","), String(is_learner)],
      ]),
    );
    await print(table(["NODE", "ID", "HOSTNAME", "PEER URLS", "CLIENT URLS", "LEARNER"], rows));
  },
});
