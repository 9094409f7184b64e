import { command } from "../command.ts";
import { oneOf } from "../flag.ts";
import { runTracked, waitFlags } from "../track/run-tracked.ts";

/** machine.RebootRequest.Mode. */
const modes = { default: 0, powercycle: 1, force: 2 } as const;

export const reboot = command({
  name: "reboot",
  summary: "Restart machines",
  group: "manage",
  flags: {
    mode: oneOf(["default", "powercycle", "force"], {
      doc: "powercycle goes through the firmware, force stops nothing first",
      short: "m",
      default: "default",
    }),
    ...waitFlags,
  },
  examples: [
    "talosctl reboot",
    "talosctl reboot -n 10.0.0.2,10.0.0.3 --wait=false",
    "talosctl reboot --mode powercycle --timeout 10m",
  ],
  async run({ flags, client, signal, warn, print }) {
    const connected = await client();
    const waits = flags.wait || flags.debug;
    const [{ readBootId }, { trackReboot }] = await Promise.all([
      import("../track/boot-id.ts"),
      import("../track/tracker.ts"),
    ]);
    const before = new Map<string, string>();
    // Operators may reboot but not read: for them the machine has to be seen going away instead.
    const remember = async (node: string) => {
      const id = await readBootId(connected, node, signal).catch(() => undefined);
      if (id !== undefined) before.set(node, id);
    };
    if (waits) await Promise.all(connected.nodes.map(remember));
    const replies = await connected.call("machine.MachineService/Reboot", { mode: modes[flags.mode] });
    if (!waits) return await print(replies.map(({ node }) => `${node}: reboot requested\n`).join(""));
    const actors = new Map(replies.map(({ node, message }) => [node, message.actor_id]));
    await runTracked(connected, flags, { warn, signal }, async (node, tracking) => {
      const actorId = actors.get(node);
      if (actorId === undefined) return; // it refused, which is reported already
      await trackReboot(connected, node, { actorId, before: before.get(node) }, tracking);
    });
  },
});
