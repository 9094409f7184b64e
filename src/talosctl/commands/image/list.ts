import { command } from "../../command.ts";
import { table } from "../../output/table.ts";
import { dateOf } from "../../output/timestamp.ts";
import { humanBytes } from "../../output/units.ts";
import { namespaceFlag, namespaceNumber } from "./namespace.ts";

export const list = command({
  name: "list",
  aliases: ["l", "ls"],
  summary: "List the images that a machine has",
  flags: { namespace: namespaceFlag },
  examples: ["talosctl image list", "talosctl image list --namespace system"],
  async run({ flags, client, print, signal }) {
    const request = { namespace: namespaceNumber(flags.namespace) };
    const rows: string[][] = [];
    const replies = (await client()).stream("machine.MachineService/ImageList", request, { signal });
    for await (const { node, message } of replies) {
      const created = dateOf(message.created_at).toISOString().replace(/\.\d+/, "");
      rows.push([node, message.name, message.digest, humanBytes(Number(message.size)), created]);
    }
    await print(table(["NODE", "IMAGE", "DIGEST", "SIZE", "CREATED"], rows));
  },
});
