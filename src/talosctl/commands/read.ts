import { required } from "../argument.ts";
import { oneNode } from "../client/one-node.ts";
import { command } from "../command.ts";
import { remotePaths } from "../completion/paths.ts";

export const read = command({
  name: "read",
  aliases: ["cat"],
  summary: "Print a file of a machine",
  group: "manage",
  args: { path: required("File on the machine", { complete: remotePaths }) },
  examples: ["talosctl read /etc/os-release", "talosctl read /proc/config.gz | zcat"],
  async run({ args: { path }, client, print, signal }) {
    const connected = await client();
    oneNode(connected, "read");
    for await (const { message } of connected.stream("machine.MachineService/Read", { path }, { signal })) {
      await print(message.bytes);
    }
  },
});
