import { command } from "../command.ts";
import { boolean } from "../flag.ts";
import { runTracked, waitFlags } from "../track/run-tracked.ts";

export const shutdown = command({
  name: "shutdown",
  summary: "Turn machines off",
  group: "manage",
  flags: { force: boolean({ doc: "Do not move pods away first" }), ...waitFlags },
  examples: ["talosctl shutdown", "talosctl shutdown -n 10.0.0.4 --force --wait=false"],
  async run({ flags, client, signal, warn, print }) {
    const [connected, { trackShutdown }] = await Promise.all([client(), import("../track/tracker.ts")]);
    const replies = await connected.call("machine.MachineService/Shutdown", { force: flags.force });
    if (!flags.wait && !flags.debug) {
      return await print(replies.map(({ node }) => `${node}: shutdown requested\n`).join(""));
    }
    const actors = new Map(replies.map(({ node, message }) => [node, message.actor_id]));
    await runTracked(connected, flags, { warn, signal }, async (node, tracking) => {
      const actorId = actors.get(node);
      if (actorId !== undefined) await trackShutdown(connected, node, actorId, tracking);
    });
  },
});
