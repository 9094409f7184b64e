import { command } from "../command.ts";
import { boolean } from "../flag.ts";
import { table } from "../output/table.ts";
import { nested } from "./containers.ts";
import { namespaceOf } from "./namespace.ts";

export const stats = command({
  name: "stats",
  summary: "Show what containers use",
  description: "Memory in megabytes, processor time in nanoseconds since the container started.",
  group: "manage",
  flags: { kubernetes: boolean({ doc: "Containers of Kubernetes", short: "k" }) },
  examples: ["talosctl stats", "talosctl stats -k"],
  async run({ flags, client, print }) {
    const replies = await (await client()).call("machine.MachineService/Stats", namespaceOf(flags.kubernetes));
    const rows = replies.flatMap(({ node, message }) =>
      message.stats.map(({ namespace, id, pod_id, memory_usage, cpu_usage }) => [
        ...[node, namespace, nested(id, pod_id)],
        (Number(memory_usage) * 1e-6).toFixed(2),
        String(cpu_usage),
      ]),
    );
    await print(table(["NODE", "NAMESPACE", "ID", "MEMORY(MB)", "CPU"], rows));
  },
});
