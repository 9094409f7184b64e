import { Failure } from "../../errors/failure.ts";
import { variadic } from "../argument.ts";
import { command } from "../command.ts";
import { remoteDirectories } from "../completion/paths.ts";
import { boolean, integer } from "../flag.ts";
import { GrowingTable } from "../output/growing-table.ts";
import { humanBytes } from "../output/units.ts";

/** The largest number of the field. */
const unlimited = 2 ** 31 - 1;

export const usage = command({
  name: "usage",
  aliases: ["du"],
  summary: "Show how much space files take",
  group: "manage",
  args: { paths: variadic("Directories on the machine; / by default", { complete: remoteDirectories }) },
  flags: {
    all: boolean({ doc: "Show files too, not only directories", short: "a" }),
    depth: integer({
      doc: "How much deeper to show directories than those right below; -1 is all the way",
      short: "d",
      default: 0,
    }),
    humanize: boolean({ doc: "Sizes as people say them", short: "H" }),
    threshold: integer({
      doc: "Leave out what is smaller, or with a negative number what is larger",
      short: "t",
      placeholder: "bytes",
      default: 0,
    }),
  },
  examples: ["talosctl usage /var", "talosctl usage -H -d 1 /var/lib /var/log"],
  async run({ args: { paths }, flags, client, print, signal }) {
    const connected = await client();
    const request = {
      paths: paths.length > 0 ? [...paths] : ["/"],
      all: flags.all,
      // The machine counts the root as a level.
      recursion_depth: flags.depth < 0 ? unlimited : flags.depth + 1,
      threshold: flags.threshold,
    };
    const rows = new GrowingTable(["NODE", "SIZE", "NAME"], { holdRows: 1_000 });
    for await (const { node, message } of connected.stream("machine.MachineService/DiskUsage", request, { signal })) {
      if (message.error !== "") connected.fail(node, new Failure(`Cannot measure "${message.name}": ${message.error}`));
      else {
        const size = Number(message.size);
        await print(rows.add([node, flags.humanize ? humanBytes(size) : String(size), message.relative_name]));
      }
    }
    await print(rows.end());
  },
});
