import { command } from "../command.ts";
import { table } from "../output/table.ts";

const gigabytes = (bytes: number): string => (bytes * 1e-9).toFixed(2);

export const mounts = command({
  name: "mounts",
  aliases: ["mount"],
  summary: "List mounts and how full they are",
  group: "manage",
  examples: ["talosctl mounts"],
  async run({ client, print }) {
    const replies = await (await client()).call("machine.MachineService/Mounts", {});
    const rows = replies.flatMap(({ node, message }) =>
      message.stats
        // A file system without a size has nothing to fill.
        .filter(({ size }) => Number(size) > 0)
        .map((stat) => {
          const [size, available] = [Number(stat.size), Number(stat.available)];
          const used = size - available;
          const percent = `${((100 * used) / size).toFixed(2)}%`;
          return [
            node,
            stat.filesystem,
            gigabytes(size),
            gigabytes(used),
            gigabytes(available),
            percent,
            stat.mounted_on,
          ];
        }),
    );
    const headers = ["NODE", "FILESYSTEM", "SIZE(GB)", "USED(GB)", "AVAILABLE(GB)", "PERCENT USED", "MOUNTED ON"];
    await print(table(headers, rows));
  },
});
