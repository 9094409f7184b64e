import { command } from "../command.ts";
import { boolean } from "../flag.ts";
import { table } from "../output/table.ts";
import { namespaceOf } from "./namespace.ts";

export const containers = command({
  name: "containers",
  aliases: ["c"],
  summary: "List containers",
  group: "manage",
  flags: { kubernetes: boolean({ doc: "Containers of Kubernetes", short: "k" }) },
  examples: ["talosctl containers", "talosctl containers -k # those of pods"],
  async run({ flags, client, print }) {
    const replies = await (await client()).call("machine.MachineService/Containers", namespaceOf(flags.kubernetes));
    const rows = replies.flatMap(({ node, message }) =>
      message.containers.map(({ namespace, id, pod_id, image, pid, status }) => [
        ...[node, namespace, nested(id, pod_id), image, pid, status],
      ]),
    );
    await print(table(["NODE", "NAMESPACE", "ID", "IMAGE", "PID", "STATUS"], rows));
  },
});

/** A container of a pod hangs below it. */
export const nested = (id: string, podId: string): string => (podId !== "" && id !== podId ? `└─ ${id}` : id);
