import { Failure } from "../../errors/failure.ts";
import { command } from "../command.ts";
import { repeated, text } from "../flag.ts";
import { applyFlags } from "../machine-config/apply-flags.ts";
import { checkEditable, editable, editFlags } from "../machine-config/editable.ts";

export const patch = command({
  name: "patch",
  summary: "Change the config of machines by a patch",
  description:
    "A patch is a part of a config, with its parents, or a JSON patch (RFC 6902); as YAML or JSON. Patches apply in order,\nto the config that each machine has. $patch: delete removes what holds it.",
  group: "manage",
  args: editable,
  flags: {
    patch: repeated({ doc: "Patch, or @file", short: "p", placeholder: "patch" }),
    patchFile: text({ doc: "One more patch, in a file", placeholder: "file" }),
    ...applyFlags,
    ...editFlags,
  },
  examples: [
    "talosctl patch machineconfig -p 'machine: {sysctls: {vm.swappiness: \"10\"}}'",
    "talosctl patch mc -p @mirror.yaml --dry-run # what would change",
    'talosctl patch mc -p \'{"machine": {"sysctls": {"$patch": "delete"}}}\' --mode no-reboot',
  ],
  async run({ args, flags, client, warn, signal }) {
    checkEditable(args, "patch");
    const texts = [...flags.patch, ...(flags.patchFile === undefined ? [] : [`@${flags.patchFile}`])];
    if (texts.length === 0) {
      throw new Failure("Cannot patch: no patch is given", { hint: "Give it with -p, or its file with --patch-file" });
    }
    const { patchNode, readPatches } = await import("../machine-config/patch-node.ts");
    const patches = await readPatches(texts);
    const connected = await client();
    await connected.each(async (node) => {
      const lines = await patchNode(connected, node, patches, { ...flags, signal });
      for (const line of lines) warn(line);
    });
  },
});
