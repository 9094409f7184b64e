import { Failure } from "../../errors/failure.ts";
import type { machine } from "../../proto/index.ts";
import { optional } from "../argument.ts";
import { command } from "../command.ts";
import { remoteDirectories } from "../completion/paths.ts";
import { boolean, integer, list as listFlag } from "../flag.ts";
import { fileMode, lastModified } from "../output/file-info.ts";
import { GrowingTable } from "../output/growing-table.ts";
import { humanBytes, humanTime } from "../output/units.ts";

/** Kinds of files, as machine.ListRequest.Type numbers them. */
const types: Readonly<Record<string, machine.ListRequest.Type>> = { f: 0, d: 1, l: 2, L: 2 };
/** The machine follows no directory deeper than this. */
const unlimited = 0;

export const list = command({
  name: "list",
  aliases: ["ls"],
  summary: "List files of a machine",
  group: "manage",
  args: { path: optional("Directory on the machine; / by default", { complete: remoteDirectories }) },
  flags: {
    long: boolean({ doc: "Show mode, owner, size and time", short: "l" }),
    recurse: boolean({ doc: "Go into directories", short: "r" }),
    depth: integer({ doc: "How deep to go", short: "d", default: 1 }),
    humanize: boolean({ doc: "Sizes and times as people say them", short: "H" }),
    type: listFlag({ doc: "Only files of these kinds: f files, d directories, l links", short: "t" }),
  },
  examples: [
    "talosctl list /etc",
    "talosctl list -l -H /var/log",
    "talosctl list -r -t f /etc/cri # files, all the way down",
  ],
  async run({ args: { path = "/" }, flags, client, print, signal }) {
    const connected = await client();
    const request = {
      root: path,
      recurse: flags.depth > 1 || flags.recurse,
      recursion_depth: flags.recurse ? unlimited : flags.depth,
      types: flags.type.map(typeOf),
      report_xattrs: flags.long,
    };
    const long = ["NODE", "MODE", "UID", "GID", "SIZE(B)", "LASTMOD", "LABEL", "NAME"];
    const rows = new GrowingTable(flags.long ? long : ["NODE", "NAME"], { holdRows: 1_000 });
    for await (const { node, message } of connected.stream("machine.MachineService/List", request, { signal })) {
      if (message.error !== "") connected.fail(node, new Failure(`Cannot list "${message.name}": ${message.error}`));
      else await print(rows.add([node, ...(flags.long ? details(message, flags.humanize) : [message.relative_name])]));
    }
    await print(rows.end());
  },
});

function details(info: machine.FileInfo, humanize: boolean): string[] {
  const modified = new Date(Number(info.modified) * 1_000);
  const size = Number(info.size);
  const now = new Date();
  const label = info.xattrs.find(({ name }) => name === "security.selinux")?.data;
  return [
    ...[fileMode(info.mode), String(info.uid), String(info.gid)],
    ...(humanize ? [humanBytes(size), humanTime(modified, now)] : [String(size), lastModified(modified, now)]),
    label === undefined ? "" : Buffer.from(label).toString("utf8").replace(/\0$/, ""),
    info.link === "" ? info.relative_name : `${info.relative_name} -> ${info.link}`,
  ];
}

function typeOf(letter: string): machine.ListRequest.Type {
  const type = types[letter];
  if (type === undefined) throw new Failure(`Cannot list files of type "${letter}": expected f, d or l`);
  return type;
}
