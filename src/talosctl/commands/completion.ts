import { Failure } from "../../errors/failure.ts";
import { required } from "../argument.ts";
import { command } from "../command.ts";
import { completionScript, shells } from "../completion/scripts.ts";

export const completion = command({
  name: "completion",
  summary: "Print what makes the shell complete talosctl commands",
  description:
    "Completes verbs, flags, and what only the machine knows: ids of services, containers and resource types.",
  group: "other",
  remote: false,
  args: { shell: required("bash, zsh or fish", { complete: () => shells }) },
  examples: [
    "source <(talosctl completion bash) # for this shell",
    "talosctl completion zsh > ~/.zfunc/_talosctl",
    "talosctl completion fish > ~/.config/fish/completions/talosctl.fish",
  ],
  async run({ args: { shell }, print }) {
    const script = completionScript(shell);
    if (script === undefined) throw new Failure(`Cannot complete for "${shell}": expected ${shells.join(", ")}`);
    await print(script);
  },
});
