import { Failure } from "../../errors/failure.ts";
import { optional } from "../argument.ts";
import { NodesFailed } from "../client/node-failure.ts";
import { command } from "../command.ts";
import { boolean, list, oneOf, repeated, text } from "../flag.ts";
import { readTextOrInput } from "../input-file.ts";
import { applyFlags, applyModes, modeDoc } from "../machine-config/apply-flags.ts";

export const applyConfig = command({
  name: "apply-config",
  aliases: ["apply"],
  summary: "Give machines a config",
  description:
    "A machine that has none yet is in maintenance mode: it is reached with --insecure, and its console shows the\nfingerprint that proves that it is the right one. A config that is not valid changes nothing.",
  group: "manage",
  args: { what: optional("machineconfig, for those who type it; there is nothing else to apply") },
  flags: {
    file: text({ doc: "The config; - is standard input", short: "f", placeholder: "file" }),
    configPatch: repeated({ doc: "Patch of the config before it is sent, or @file", short: "p", placeholder: "patch" }),
    ...applyFlags,
    mode: oneOf([...applyModes, "interactive"], { doc: modeDoc, short: "m", default: "auto" }),
    insecure: boolean({ doc: "The machine has no config yet", short: "i" }),
    certFingerprint: list({ doc: "With --insecure: accept only this machine", placeholder: "fingerprint,…" }),
  },
  examples: [
    "talosctl apply-config -f controlplane.yaml -n 10.0.0.2 --insecure # the first config of a new machine",
    "talosctl apply-config -f controlplane.yaml --dry-run # what would change",
    "talosctl apply-config -f worker.yaml -p @hostname.yaml --mode staged # at the next reboot",
    "talosctl apply-config -f worker.yaml --mode try --timeout 5m # undone in five minutes, unless applied again",
  ],
  async run({ args, flags, client, warn, signal }) {
    checkWhat(args.what);
    const { mode, insecure, certFingerprint: fingerprints } = flags;
    if (mode === "interactive") throw notInteractive();
    if (!insecure && fingerprints.length > 0) {
      throw new Failure("Cannot check a fingerprint of a machine that has a certificate of its cluster", {
        hint: "Leave out --cert-fingerprint; or, if the machine has no config yet, add --insecure",
      });
    }
    const config = await readConfig(flags.file, flags.configPatch);
    const { appliedLines, applyToNodes } = await import("../machine-config/apply.ts");
    const connected = await client({ insecure, fingerprints });
    const options = { ...flags, mode, signal };
    const applied = await applyToNodes(connected, config, options).catch((thrown) => {
      // A patched text has other lines than its file.
      throw flags.configPatch.length > 0 ? thrown : atFile(thrown, flags.file ?? "");
    });
    for (const line of appliedLines(applied, connected)) warn(line);
  },
});

function checkWhat(what = "machineconfig"): void {
  if (["config", "machineconfig", "mc"].includes(what.toLowerCase())) return;
  throw new Failure(`Cannot apply "${what}": only machine configs can be applied`, {
    hint: `To apply a file: talosctl apply-config -f ${what}`,
  });
}

/**
 * The config to send. Its fields are for the machine to judge, which may know more of them; what is not even YAML is
 * said here, where the file's name is known.
 */
async function readConfig(file: string | undefined, patches: readonly string[]): Promise<string> {
  if (file === undefined) {
    throw new Failure("Cannot apply a config: no file is given", { hint: "Name it with -f; - is standard input" });
  }
  const [{ checkSyntax }, { patchedConfig }, config] = await Promise.all([
    import("../machine-config/check-syntax.ts"),
    import("../machine-config/patched-config.ts"),
    readTextOrInput(file),
  ]);
  checkSyntax(config, file === "-" ? "standard input" : file);
  return await patchedConfig(config, patches);
}

/** Places that a machine names in the config it was sent, as places in the file that it came from. */
function atFile(thrown: unknown, file: string): unknown {
  if (file === "-") return thrown;
  const named = (message: string) => message.replace(/^config(?=:\d+:\d+: )/gm, () => file);
  if (thrown instanceof NodesFailed) {
    return new NodesFailed(thrown.failures.map((failure) => ({ ...failure, message: named(failure.message) })));
  }
  return thrown instanceof Failure
    ? new Failure(named(thrown.message), { ...(thrown.hint !== undefined && { hint: thrown.hint }) })
    : thrown;
}

const notInteractive = () =>
  new Failure("Cannot ask for a config: there is no interactive mode", {
    hint: "Make a config with talosctl gen config, look at what talosctl explain says of its fields, and apply it with -f",
  });
