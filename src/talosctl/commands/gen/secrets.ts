import { Failure } from "../../../errors/failure.ts";
import { command } from "../../command.ts";
import { text } from "../../flag.ts";
import { readText } from "../../input-file.ts";
import { genFlags, talosVersion } from "./flags.ts";
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
    fromKubernetesPki: text({
      doc: "Take Kubernetes' authorities and keys from this directory, such as /etc/kubernetes/pki",
      short: "p",
      placeholder: "directory",
    }),
    kubernetesBootstrapToken: text({
      doc: "With --from-kubernetes-pki: token that nodes join with",
      short: "t",
      placeholder: "token",
    }),
    talosVersion,
    ...genFlags,
  },
  examples: [
    "talosctl gen secrets",
    "talosctl gen secrets --from-controlplane-config controlplane.yaml",
    "talosctl gen secrets --from-kubernetes-pki /etc/kubernetes/pki # to take over a cluster of kubeadm",
  ],
  async run({ flags, print, warn, notice }) {
    const [{ formatSecrets, generateSecrets }, { parseContract }] = await Promise.all([
      import("../../../config/generate/secrets.ts"),
      import("../../../config/generate/contract.ts"),
    ]);
    const { fromControlplaneConfig: config, fromKubernetesPki: directory, kubernetesBootstrapToken: token } = flags;
    if (config !== undefined && directory !== undefined) {
      throw new Failure("Cannot take secrets from a config and a directory at once", { hint: "Name one of the two" });
    }
    const contract = flags.talosVersion === undefined ? {} : { contract: parseContract(flags.talosVersion) };
    if (config === undefined) notice("Generating keys");
    const made =
      config === undefined
        ? await generateSecrets({ ...contract, known: await knownSecrets(directory, token) })
        : await secretsFrom(config);
    await writeOutputs([{ path: flags.outputFile, content: formatSecrets(made) }], flags.force, { print, warn });
  },
});

async function knownSecrets(directory: string | undefined, token: string | undefined) {
  const { readKubernetesPki } = await import("./kubernetes-pki.ts");
  return {
    ...(directory !== undefined && (await readKubernetesPki(directory))),
    ...(token !== undefined && { bootstrapToken: token }),
  };
}

async function secretsFrom(file: string) {
  const [{ parseMachineConfig }, { secretsOfConfig }, text] = await Promise.all([
    import("../../../config/parse.ts"),
    import("../../../config/generate/secrets-of-config.ts"),
    readText(file),
  ]);
  return secretsOfConfig(parseMachineConfig(text, { file }));
}
