import { command } from "../../command.ts";

export const forfeitLeadership = command({
  name: "forfeit-leadership",
  summary: "Let another member lead etcd",
  description: "Worth doing before a machine that leads is stopped. One that does not lead has nothing to do.",
  examples: ["talosctl etcd forfeit-leadership -n 10.0.0.2"],
  async run({ client }) {
    await (await client()).call("machine.MachineService/EtcdForfeitLeadership", {});
  },
});
