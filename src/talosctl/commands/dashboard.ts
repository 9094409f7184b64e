import { command } from "../command.ts";
import { duration } from "../flag.ts";

export const dashboard = command({
  name: "dashboard",
  summary: "Show nodes as they live: load, memory, services, processes, log",
  description:
    "Left and right (h, l) turn to another node, up and down (k, j) scroll its log, q quits. A node that does not answer\nis marked, with the reason, and shown again when it does.",
  group: "manage",
  flags: {
    updateInterval: duration({ doc: "How often numbers are read", short: "d", default: "3s" }),
  },
  examples: ["talosctl dashboard", "talosctl dashboard -n 10.0.0.2,10.0.0.3"],
  async run({ flags, client, signal }) {
    const [{ runDashboard }, { terminalDevice }] = await Promise.all([
      import("../dashboard/run-dashboard.ts"),
      import("../dashboard/terminal-device.ts"),
    ]);
    const { channel, nodes } = await client();
    using device = terminalDevice();
    await runDashboard({ channel, nodes, intervalMs: Math.max(leastIntervalMs, flags.updateInterval), device, signal });
  },
});

/** More often says no more, and the machine has other things to do. */
const leastIntervalMs = 500;
