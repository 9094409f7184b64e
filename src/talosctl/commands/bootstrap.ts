import { oneNode } from "../client/one-node.ts";
import { command } from "../command.ts";

export const bootstrap = command({
  name: "bootstrap",
  summary: "Begin the cluster's etcd on one machine",
  description:
    "The etcd of a new control plane machine waits: it cannot know whether it is the cluster's first. Choose one machine\nand call this once; the others join it.",
  group: "manage",
  examples: ["talosctl bootstrap -n 10.0.0.2"],
  async run({ client }) {
    const connected = await client();
    oneNode(connected, "bootstrap");
    await connected.call("machine.MachineService/Bootstrap", {});
  },
});
