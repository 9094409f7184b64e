import { readFile } from "node:fs/promises";
import { Failure } from "../../errors/failure.ts";
import { command } from "../command.ts";
import { boolean, text } from "../flag.ts";

export const validate = command({
  name: "validate",
  summary: "Check a machine config",
  description: "Names every fault with file, line, column and field.",
  group: "offline",
  remote: false,
  flags: {
    config: text({ doc: "File to check", short: "c", placeholder: "file" }),
    mode: text({ doc: "Where the machine runs: metal, cloud or container", short: "m", placeholder: "mode" }),
    strict: boolean({ doc: "Warnings are errors" }),
  },
  examples: ["talosctl validate -m metal -c controlplane.yaml", "talosctl validate -m cloud -c worker.yaml --strict"],
  async run({ flags, print, warn }) {
    const { modes, parseMachineConfig, problemText, validateMachineConfig } = await import("../../config/index.ts");
    const { config: file, strict } = flags;
    if (file === undefined) throw new Failure("Cannot validate: no file is given", { hint: "Name it with -c" });
    const mode = modes.find((candidate) => candidate === flags.mode);
    if (mode === undefined) {
      throw new Failure(
        flags.mode === undefined
          ? "Cannot validate: no mode is given"
          : `Cannot validate for "${flags.mode}": no such mode`,
        { hint: `Choose one of ${modes.join(", ")} with -m` },
      );
    }
    const config = parseMachineConfig(await readFile(file, "utf8").catch(unreadable(file)), { file });
    for (const problem of validateMachineConfig(config, { mode, strict }))
      warn(`warning: ${problemText(problem, file)}`);
    await print(`${file} is valid for ${mode} mode\n`);
  },
});

const unreadable = (file: string) => (cause: unknown) => {
  throw new Failure(`Cannot read "${file}"`, { cause });
};
