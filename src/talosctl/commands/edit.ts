import { command } from "../command.ts";
import { applyFlags } from "../machine-config/apply-flags.ts";
import { checkEditable, editable, editFlags } from "../machine-config/editable.ts";

export const edit = command({
  name: "edit",
  summary: "Change the config of machines in an editor",
  description:
    "Opens the config in $TALOS_EDITOR, $EDITOR or vi, and applies what is saved. What the machine refuses is opened again,\nwith the reason. Saving it unchanged, or empty, leaves the machine as it is. Several nodes come one after the other.",
  group: "manage",
  args: editable,
  flags: { ...applyFlags, ...editFlags },
  examples: [
    "talosctl edit machineconfig",
    "talosctl edit mc --dry-run # see what a change would mean",
    "talosctl edit mc --mode try --timeout 2m # undone in two minutes, unless applied again",
  ],
  async run({ args, flags, client, warn, signal }) {
    checkEditable(args, "edit");
    const { editNode } = await import("../machine-config/edit-node.ts");
    const connected = await client();
    await connected.each(async (node) => {
      for (const line of await editNode(connected, node, { ...flags, signal })) warn(line);
    });
  },
});
