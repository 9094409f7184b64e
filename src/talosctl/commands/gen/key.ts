import { command } from "../../command.ts";
import { text } from "../../flag.ts";
import { genFlags } from "./flags.ts";
import { writeOutputs } from "./output-file.ts";
import { given } from "./pki-flags.ts";

export const key = command({
  name: "key",
  summary: "Make an Ed25519 private key",
  remote: false,
  flags: { name: text({ doc: "Name of the file, without .key", placeholder: "name" }), ...genFlags },
  examples: ["talosctl gen key --name alice # alice.key"],
  async run({ flags, ...output }) {
    const { generatePrivateKey } = await import("../../../pki/index.ts");
    const path = `${given(flags.name, "name")}.key`;
    await writeOutputs([{ path, content: (await generatePrivateKey("ed25519")).pem }], flags.force, output);
  },
});
