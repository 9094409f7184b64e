import { required } from "../../argument.ts";
import { oneNode } from "../../client/one-node.ts";
import { command } from "../../command.ts";

export const snapshot = command({
  name: "snapshot",
  summary: "Save the database of a machine's etcd to a file",
  description:
    "The file is there whole and checked, or not at all. talosctl bootstrap --recover-from makes a cluster of it.",
  args: { path: required("File here") },
  examples: ["talosctl etcd snapshot -n 10.0.0.2 etcd.snapshot"],
  async run({ args: { path }, client, print, signal }) {
    const connected = await client();
    oneNode(connected, "save etcd");
    const { saveSnapshot } = await import("./save-snapshot.ts");
    const replies = connected.stream("machine.MachineService/EtcdSnapshot", {}, { signal });
    const bytes = await saveSnapshot(path, replies);
    if (bytes !== undefined) await print(`etcd snapshot saved to "${path}" (${bytes} bytes)\n`);
  },
});
