import { readFile } from "node:fs/promises";
import { Failure } from "../../../errors/failure.ts";
import { command } from "../../command.ts";
import { text } from "../../flag.ts";
import { genFlags } from "./flags.ts";
import { writeOutputs } from "./output-file.ts";

export const secrets = command({
  name: "secrets",
  summary: "Make the secrets of a new cluster",
  description: "The file is all that is needed to make configs for more machines of the cluster later. Keep it safe.",
  remote: false,
  flags: {
    outputFile: text({ doc: "File to write, or -", short: "o", placeholder: "file", default: "secrets.yaml" }),
    fromControlplaneConfig: text({
      doc: "Take the secrets out of this control plane config instead",
      placeholder: "file",
    }),
    talosVersion: text({ doc: "Ignored; accepted for scripts", hidden: true }),
    ...genFlags,
  },
  examples: ["talosctl gen secrets", "talosctl gen secrets --from-controlplane-config controlplane.yaml"],
  async run({ flags, print, warn }) {
    const { formatSecrets, generateSecrets } = await import("../../../config/generate/secrets.ts");
    const { fromControlplaneConfig: source } = flags;
    const made = source === undefined ? await generateSecrets() : await secretsFrom(source);
    await writeOutputs([{ path: flags.outputFile, content: formatSecrets(made) }], flags.force, { print, warn });
  },
});

async function secretsFrom(file: string) {
  const [{ parseMachineConfig }, { secretsOfConfig }] = await Promise.all([
    import("../../../config/parse.ts"),
    import("../../../config/generate/secrets-of-config.ts"),
  ]);
  const text = await readFile(file, "utf8").catch((cause) => {
    throw new Failure(`Cannot read "${file}"`, { cause });
  });
  return secretsOfConfig(parseMachineConfig(text, { file }));
}
