import { oneNode } from "../../client/one-node.ts";
import { command } from "../../command.ts";

export const defrag = command({
  name: "defrag",
  summary: "Give unused space of etcd's database back",
  description:
    "The member answers nobody meanwhile: do one machine after the other, and only when there is much to gain.",
  examples: ["talosctl etcd defrag -n 10.0.0.2"],
  async run({ client }) {
    const connected = await client();
    oneNode(connected, "defragment etcd");
    await connected.call("machine.MachineService/EtcdDefragment", {});
  },
});
