import { required } from "../argument.ts";
import { command } from "../command.ts";
import { logs as logIds } from "../completion/sources.ts";
import { boolean, integer } from "../flag.ts";
import { printStream } from "./data-stream.ts";
import { namespaceOf } from "./namespace.ts";

export const logs = command({
  name: "logs",
  summary: "Show the log of a service or container",
  group: "manage",
  args: { id: required("Service or container, such as kubelet or machined", { complete: logIds }) },
  flags: {
    follow: boolean({ doc: "Stay, and show what comes", short: "f" }),
    tail: integer({ doc: "Only the last lines, so many; -1 is all", placeholder: "lines", default: -1 }),
    kubernetes: boolean({ doc: "A container of Kubernetes", short: "k" }),
  },
  examples: [
    "talosctl logs kubelet",
    "talosctl logs -f --tail 20 containerd # the last lines, and what follows",
    "talosctl logs machined -n 10.0.0.2,10.0.0.3 # of two nodes, each line with its node",
  ],
  async run({ args: { id }, flags, client, print, signal }) {
    const request = { id, follow: flags.follow, tail_lines: flags.tail, ...namespaceOf(flags.kubernetes) };
    await printStream(await client(), "machine.MachineService/Logs", request, { print, signal });
  },
});
