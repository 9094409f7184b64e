import { required } from "../../argument.ts";
import { command } from "../../command.ts";
import { repeated, text } from "../../flag.ts";
import { readTextOrInput } from "../../input-file.ts";
import { patchedConfig } from "../../machine-config/patched-config.ts";
import { writeOutputs } from "../gen/output-file.ts";

export const patch = command({
  name: "patch",
  summary: "Change a config in a file",
  description:
    "A patch is a part of a config, with its parents, or a JSON patch (RFC 6902); as YAML or JSON. Patches apply in order.\n$patch: delete removes what holds it.",
  remote: false,
  args: { file: required("The config, or - for standard input") },
  flags: {
    patch: repeated({ doc: "Patch, or @file", short: "p", placeholder: "patch" }),
    output: text({ doc: "File to write; by default standard output", short: "o", placeholder: "file", default: "-" }),
  },
  examples: [
    "talosctl machineconfig patch worker.yaml -p 'machine: {sysctls: {vm.swappiness: \"10\"}}' -o worker.yaml",
    "talosctl machineconfig patch worker.yaml -p @first.yaml -p @second.yaml",
    'talosctl machineconfig patch worker.yaml -p \'{"machine": {"sysctls": {"$patch": "delete"}}}\'',
  ],
  async run({ args, flags, ...terminal }) {
    const content = await patchedConfig(await readTextOrInput(args.file), flags.patch);
    // Like any editor, it replaces the file it is told to write.
    await writeOutputs([{ path: flags.output, content }], true, terminal);
  },
});
