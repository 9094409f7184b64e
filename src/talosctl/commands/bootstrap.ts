import { Failure } from "../../errors/failure.ts";
import { oneNode } from "../client/one-node.ts";
import { command } from "../command.ts";
import { boolean, text } from "../flag.ts";

export const bootstrap = command({
  name: "bootstrap",
  summary: "Begin the cluster's etcd on one machine",
  description:
    "The etcd of a new control plane machine waits: it cannot know whether it is the cluster's first. Choose one machine\nand call this once; the others join it. With a snapshot, the cluster begins with what was in that.",
  group: "manage",
  flags: {
    recoverFrom: text({ doc: "Snapshot to begin with, of talosctl etcd snapshot", placeholder: "file" }),
    recoverSkipHashCheck: boolean({ doc: "The snapshot is a copy of a member's database file, and has no hash" }),
  },
  examples: ["talosctl bootstrap -n 10.0.0.2", "talosctl bootstrap -n 10.0.0.2 --recover-from etcd.snapshot"],
  async run({ flags: { recoverFrom, recoverSkipHashCheck }, client, print }) {
    if (recoverSkipHashCheck && recoverFrom === undefined) {
      throw new Failure("Cannot skip a hash: nothing is recovered", { hint: "Name the snapshot with --recover-from" });
    }
    const connected = await client();
    oneNode(connected, "bootstrap");
    if (recoverFrom !== undefined) {
      const { uploadSnapshot } = await import("./upload-snapshot.ts");
      const bytes = await uploadSnapshot(connected, recoverFrom, recoverSkipHashCheck);
      await print(`recovering from snapshot "${recoverFrom}" (${bytes} bytes)\n`);
    }
    await connected.call("machine.MachineService/Bootstrap", {
      recover_etcd: recoverFrom !== undefined,
      recover_skip_hash_check: recoverSkipHashCheck,
    });
  },
});
