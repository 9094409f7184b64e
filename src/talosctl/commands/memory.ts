import { command } from "../command.ts";
import { boolean } from "../flag.ts";
import { table } from "../output/table.ts";

/** Mebibytes of kibibytes, whole. */
const mebibytes = (kibibytes: number): number => Math.floor(kibibytes / 1_024);

export const memory = command({
  name: "memory",
  aliases: ["m", "free"],
  summary: "Show memory usage",
  group: "manage",
  flags: { verbose: boolean({ doc: "Show everything that the kernel tells", short: "v" }) },
  examples: ["talosctl memory", "talosctl memory -v -n 10.0.2.15"],
  async run({ client, flags, print }) {
    const replies = await (await client()).call("machine.MachineService/Memory", {});
    if (flags.verbose) {
      for (const { node, message } of replies) await print(details(node, { ...message.meminfo }));
      return;
    }
    const headers = ["NODE", "TOTAL", "USED", "FREE", "SHARED", "BUFFERS", "CACHE", "AVAILABLE"];
    const rows = replies.flatMap(({ node, message: { meminfo } }) => {
      if (meminfo == null) return [];
      const [total, free, buffers, cached] = [meminfo.memtotal, meminfo.memfree, meminfo.buffers, meminfo.cached].map(
        Number,
      );
      const used = (total ?? 0) - (free ?? 0) - (cached ?? 0) - (buffers ?? 0);
      const columns = [total, used, free, Number(meminfo.shmem), buffers, cached, Number(meminfo.memavailable)];
      return [[node, ...columns.map((kibibytes) => mebibytes(kibibytes ?? 0))]];
    });
    await print(table(headers, rows));
  },
});

function details(node: string, meminfo: Readonly<Record<string, unknown>>): string {
  const entries = Object.entries(meminfo).filter(([name]) => !name.startsWith("$"));
  const lines = entries.map(([name, value]) => `${name}: ${String(value)} kB\n`);
  return `NODE: ${node}\n${lines.join("")}\n`;
}
