import { required } from "../../argument.ts";
import type { Message } from "../../client/client.ts";
import { oneNode } from "../../client/one-node.ts";
import { type Context, command, family } from "../../command.ts";
import { table } from "../../output/table.ts";

const version = required("Version to go back to, MAJOR.MINOR");

const validate = command({
  name: "validate",
  summary: "Ask whether etcd's data could be made readable for an older version",
  args: { version },
  examples: ["talosctl etcd downgrade validate -n 10.0.0.2 3.5"],
  async run({ args, client, print }) {
    const connected = await client();
    oneNode(connected, "ask etcd about a downgrade");
    const replies = await connected.call("machine.MachineService/EtcdDowngradeValidate", { version: args.version });
    await show(replies, (current) => `can go back from ${current} to ${args.version}`, print);
  },
});

const enable = command({
  name: "enable",
  summary: "Make etcd's data readable for an older version",
  description:
    "Once talosctl etcd status shows that version as STORAGE everywhere, members may be replaced by older ones, one after the other.",
  args: { version },
  examples: ["talosctl etcd downgrade enable -n 10.0.0.2 3.5"],
  async run({ args, client, print }) {
    const connected = await client();
    oneNode(connected, "downgrade etcd");
    const replies = await connected.call("machine.MachineService/EtcdDowngradeEnable", { version: args.version });
    await show(replies, (current) => `goes back from ${current} to ${args.version}`, print);
  },
});

const cancel = command({
  name: "cancel",
  summary: "Stay with the present version of etcd's data",
  examples: ["talosctl etcd downgrade cancel -n 10.0.0.2"],
  async run({ client, print }) {
    const connected = await client();
    oneNode(connected, "cancel a downgrade of etcd");
    const replies = await connected.call("machine.MachineService/EtcdDowngradeCancel", {});
    await show(replies, (current) => `stays at ${current}`, print);
  },
});

export const downgrade = family({
  name: "downgrade",
  summary: "Prepare etcd for an older version",
  commands: [validate, enable, cancel],
});

type Reply =
  | Message<"machine.MachineService/EtcdDowngradeValidate">
  | Message<"machine.MachineService/EtcdDowngradeEnable">
  | Message<"machine.MachineService/EtcdDowngradeCancel">;

async function show(
  replies: readonly { readonly node: string; readonly message: Reply }[],
  say: (version: string) => string,
  print: Context["print"],
): Promise<void> {
  const rows = replies.map(({ node, message }) => [node, say(message.cluster_downgrade?.cluster_version ?? "?")]);
  await print(table(["NODE", "MESSAGE"], rows));
}
