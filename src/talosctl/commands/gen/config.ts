import { join } from "node:path";
import { Failure } from "../../../errors/failure.ts";
import { required } from "../../argument.ts";
import { command } from "../../command.ts";
import { boolean, list, oneOf, repeated, text } from "../../flag.ts";
import { readText } from "../../input-file.ts";
import { patchedConfig } from "../../machine-config/patched-config.ts";
import { genFlags, talosVersion } from "./flags.ts";
import { type OutputFile, writeOutputs } from "./output-file.ts";

const outputTypes = ["controlplane", "worker", "talosconfig"] as const;
type OutputType = (typeof outputTypes)[number];

export const config = command({
  name: "config",
  summary: "Make configs for the machines of a new cluster, and the client's",
  description:
    "The endpoint is the URL of the Kubernetes API: of a balancer, or of the only control plane machine with port 6443.",
  remote: false,
  args: { cluster: required("Name of the cluster"), endpoint: required("URL of the Kubernetes API, https") },
  flags: {
    output: text({ doc: "Directory to write to; with one output type a file, or -", short: "o", placeholder: "path" }),
    outputDir: text({ doc: "Directory to write to; the older name of --output", placeholder: "path", hidden: true }),
    outputTypes: list({ doc: "What to make", short: "t", default: outputTypes }),
    withSecrets: text({ doc: "Use these secrets, of gen secrets, instead of new ones", placeholder: "file" }),
    installDisk: text({ doc: "Disk to install to", placeholder: "device", default: "/dev/sda" }),
    installImage: text({ doc: "Image of the installer", placeholder: "image" }),
    additionalSans: list({ doc: "More names and addresses in the certificates" }),
    dnsDomain: text({ doc: "Domain of the cluster's names", placeholder: "domain", default: "cluster.local" }),
    kubernetesVersion: text({ doc: "Version of Kubernetes", placeholder: "version" }),
    registryMirror: list({ doc: "Mirrors, as host=url", placeholder: "host=url,…" }),
    configPatch: repeated({ doc: "Patch of all configs, or @file", placeholder: "patch" }),
    configPatchControlPlane: repeated({ doc: "Patch of control plane configs, or @file", placeholder: "patch" }),
    configPatchWorker: repeated({ doc: "Patch of worker configs, or @file", placeholder: "patch" }),
    withDocs: boolean({ doc: "Explain each field in a comment", default: true }),
    withExamples: boolean({ doc: "Show, commented out, what else could be set", default: true }),
    withClusterDiscovery: boolean({ doc: "Let the machines find each other", default: true }),
    withKubespan: boolean({ doc: "Connect the machines by an encrypted mesh" }),
    persist: boolean({ doc: "Value of the field persist", short: "p", default: true }),
    version: oneOf(["v1alpha1"], { doc: "Version of the config's form; there is one", default: "v1alpha1" }),
    talosVersion,
    ...genFlags,
  },
  examples: [
    "talosctl gen config demo https://10.0.0.1:6443 # controlplane.yaml, worker.yaml, talosconfig",
    "talosctl gen config demo https://10.0.0.1:6443 --with-secrets secrets.yaml -t worker -o -",
    "talosctl gen config demo https://k8s.example.org --config-patch @patch.yaml --registry-mirror docker.io=http://10.0.0.9:5000",
  ],
  async run({ args, flags, print, warn, notice }) {
    const types = flags.outputTypes.map(outputType);
    const [{ generateSecrets, parseSecrets }, { createContext }, { parseContract }] = await Promise.all([
      import("../../../config/generate/secrets.ts"),
      import("../../../talosconfig/certificate.ts"),
      import("../../../config/generate/contract.ts"),
    ]);
    const { withSecrets } = flags;
    if (withSecrets === undefined) notice("Generating keys");
    const contract = flags.talosVersion === undefined ? {} : { contract: parseContract(flags.talosVersion) };
    const secrets =
      withSecrets === undefined
        ? await generateSecrets(contract)
        : parseSecrets(await readText(withSecrets), withSecrets);
    const machineConfig = async (type: "controlplane" | "worker") => {
      const { generateConfig } = await import("../../../config/generate/config.ts");
      const { installImage, kubernetesVersion } = flags;
      const text = generateConfig({
        clusterName: args.cluster,
        endpoint: args.endpoint,
        type,
        secrets,
        installDisk: flags.installDisk,
        ...(installImage !== undefined && { installImage }),
        ...(kubernetesVersion !== undefined && { kubernetesVersion: kubernetesVersion.replace(/^v/, "") }),
        dnsDomain: flags.dnsDomain,
        additionalSans: flags.additionalSans,
        registryMirrors: mirrors(flags.registryMirror),
        withDiscovery: flags.withClusterDiscovery,
        withKubespan: flags.withKubespan,
        persist: flags.persist,
        ...contract,
        docs: flags.withDocs,
        examples: flags.withExamples,
      });
      const own = type === "worker" ? flags.configPatchWorker : flags.configPatchControlPlane;
      return await patchedConfig(text, [...flags.configPatch, ...own]);
    };
    const talosconfig = async () => {
      const { formatTalosconfig } = await import("../../../talosconfig/format.ts");
      const context = await createContext({ authority: secrets.os, roles: ["os:admin"] });
      return formatTalosconfig({ context: args.cluster, contexts: new Map([[args.cluster, context]]) });
    };
    const files: OutputFile[] = [];
    for (const type of types) {
      const content = type === "talosconfig" ? await talosconfig() : await machineConfig(type);
      files.push({ path: outputPath(flags, type, types), content });
    }
    await writeOutputs(files, flags.force, { print, warn });
  },
});

function outputType(name: string): OutputType {
  const type = outputTypes.find((candidate) => candidate === name);
  if (type === undefined) throw new Failure(`Cannot make "${name}": expected ${outputTypes.join(", ")}`);
  return type;
}

interface Output {
  readonly output: string | undefined;
  readonly outputDir: string | undefined;
}

function outputPath({ output, outputDir }: Output, type: OutputType, types: readonly OutputType[]): string {
  const name = type === "talosconfig" ? type : `${type}.yaml`;
  if (outputDir !== undefined && output !== undefined)
    throw new Failure("Cannot use --output and --output-dir at once");
  if (outputDir !== undefined) return join(outputDir, name);
  if (types.length === 1) return output ?? name;
  if (output === "-") throw new Failure("Cannot write several files to standard output: choose one with -t");
  return join(output ?? ".", name);
}

function mirrors(texts: readonly string[]): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const text of texts) {
    const [host = "", url] = text.split(/=(.*)/s);
    if (url === undefined) throw new Failure(`Cannot use "${text}" as a mirror: expected host=url`);
    found[host] = [...(found[host] ?? []), url];
  }
  return found;
}
