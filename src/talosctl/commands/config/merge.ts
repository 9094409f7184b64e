import { required } from "../../argument.ts";
import { command } from "../../command.ts";
import { openTalosconfig } from "./editing.ts";

export const merge = command({
  name: "merge",
  summary: "Add the contexts of another client configuration",
  description:
    "A context whose name is taken is renamed; none is replaced. The other file's current context becomes current.",
  args: { from: required("File to take contexts from") },
  examples: ["talosctl config merge ./talosconfig"],
  async run({ args: { from }, global, warn }) {
    const [{ mergeTalosconfig }, { readTalosconfig }] = await Promise.all([
      import("../../../talosconfig/talosconfig.ts"),
      import("../../../talosconfig/file.ts"),
    ]);
    const editing = await openTalosconfig(global);
    const { merged, renamed } = mergeTalosconfig(editing.config, await readTalosconfig(from));
    for (const { from: before, to } of renamed) warn(`renamed talosconfig context "${before}" -> "${to}"`);
    await editing.save(merged);
  },
});
