import { basename } from "node:path";
import { pause } from "../../async/pause.ts";
import type { machine } from "../../proto/index.ts";
import type { Client } from "../client/client.ts";
import { command } from "../command.ts";
import { boolean, oneOf } from "../flag.ts";
import { table } from "../output/table.ts";
import { humanBytes } from "../output/units.ts";

const refreshMs = 1_000;
/** Home, and clear to the end of the screen. */
const clearScreen = "\u001b[H\u001b[2J";

export const processes = command({
  name: "processes",
  aliases: ["p", "ps"],
  summary: "List processes",
  group: "manage",
  flags: {
    sort: oneOf(["rss", "cpu"], { doc: "What comes first: memory or processor time", short: "s", default: "rss" }),
    watch: boolean({ doc: "Show them again every second", short: "w" }),
  },
  examples: ["talosctl processes", "talosctl processes --sort cpu --watch"],
  async run({ flags, client, print, signal }) {
    const connected = await client();
    do {
      const text = await listing(connected, flags.sort);
      await print(flags.watch ? clearScreen + text : text);
      if (flags.watch) await pause(refreshMs, signal);
    } while (flags.watch && !signal.aborted);
  },
});

async function listing(client: Client, sort: "rss" | "cpu"): Promise<string> {
  const replies = await client.call("machine.MachineService/Processes", {});
  const key = (info: machine.ProcessInfo) => (sort === "rss" ? Number(info.resident_memory) : info.cpu_time);
  const rows = replies.flatMap(({ node, message }) =>
    message.processes.toSorted((left, right) => key(right) - key(left)).map((info) => [node, ...row(info)]),
  );
  const headers = ["NODE", "PID", "STATE", "THREADS", "CPU-TIME", "VIRTMEM", "RESMEM", "LABEL", "COMMAND"];
  return table(headers, rows, 2);
}

const row = (info: machine.ProcessInfo) => [
  ...[info.pid, info.state, info.threads, info.cpu_time.toFixed(2)],
  ...[humanBytes(Number(info.virtual_memory)), humanBytes(Number(info.resident_memory)), info.label, commandLine(info)],
];

/** The arguments with the full path of the program, where that says more than its name. */
function commandLine({ command, executable, args }: machine.ProcessInfo): string {
  if (executable === "") return command;
  const [first = "", ...rest] = args.split(" ");
  return first !== "" && first === basename(executable) ? [executable, ...rest].join(" ") : args;
}
