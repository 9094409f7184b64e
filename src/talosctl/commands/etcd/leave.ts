import { oneNode } from "../../client/one-node.ts";
import { command } from "../../command.ts";

export const leave = command({
  name: "leave",
  summary: "Let a machine leave etcd's cluster",
  description: "The cluster forgets the machine's member, and the machine removes its copy of the data.",
  examples: ["talosctl etcd leave -n 10.0.0.3"],
  async run({ client }) {
    const connected = await client();
    oneNode(connected, "leave etcd");
    await connected.call("machine.MachineService/EtcdLeaveCluster", {});
  },
});
