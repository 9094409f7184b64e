import type { Patch } from "../../config/patch.ts";
import { Failure } from "../../errors/failure.ts";
import { command } from "../command.ts";
import { boolean, duration, flagName, integer, list, oneOf, repeated, text } from "../flag.ts";
import { compressions } from "./artifacts.ts";
import type { ClusterDirectory } from "./directory.ts";
import { memory, processors } from "./machine-size.ts";
import { Progress } from "./progress.ts";
import { type ExposedPort, type ExtraNic, extraNics } from "./state.ts";
import { whichCluster } from "./which-cluster.ts";

const mebibyte = 1024 * 1024;

const outputDirectory = text({ doc: "Directory of what the build made", placeholder: "directory", default: "_out" });

export const create = command({
  name: "create",
  aliases: ["up"],
  summary: "Boot machines on this host and wait until they work",
  description:
    "Brings the cluster up from wherever it is: new, stopped, booting or running. A running cluster is left as it is.",
  remote: false,
  flags: {
    ...whichCluster,
    outputDirectory,
    controlplanes: integer({ doc: "Machines of the control plane", default: 1 }),
    workers: integer({ doc: "Workers; without any, pods run on the control plane", default: 0 }),
    cpus: processors({ doc: "Processors of each control plane" }),
    cpusWorkers: processors({ doc: "Processors of each worker" }),
    memory: memory({ doc: "Memory of each control plane" }),
    memoryWorkers: memory({ doc: "Memory of each worker" }),
    disk: integer({ doc: "Disk of each machine; takes space as it is written", placeholder: "MiB", default: 6144 }),
    provisioner: oneOf(["qemu", "container"], {
      doc: "A virtual machine, or a container on this host's kernel (needs root)",
      default: "qemu",
    }),
    arch: oneOf(["amd64", "arm64"], { doc: "Architecture of the machines", default: hostArchitecture() }),
    kernel: text({ doc: "Kernel to boot instead of the built one", placeholder: "file" }),
    initrd: text({ doc: "Initramfs to boot instead of the built one", placeholder: "file" }),
    compression: oneOf(["newest", ...compressions], { doc: "Which built initramfs to boot", default: "newest" }),
    cidr: text({ doc: "Network of the machines; a free one of 10.5.0.0/16 by default", placeholder: "network" }),
    exposedPorts: list({
      doc: "Ports of the one machine to reach on this host, <host>:<machine>/<tcp or udp> (QEMU only)",
      ...{ short: "p", placeholder: "ports" },
    }),
    extraNics: list({
      doc: "More network cards of the one machine: network or vmxnet3 (leads nowhere), cable (two, joined) (QEMU only)",
      placeholder: "kinds",
    }),
    kubernetesVersion: text({ doc: "Version of Kubernetes; ours by default", placeholder: "version" }),
    configPatch: repeated({ doc: "Laid over the config of every machine: YAML, or @file", placeholder: "patch" }),
    configPatchControlPlane: repeated({ doc: "Laid over the config of control planes", placeholder: "patch" }),
    configPatchWorker: repeated({ doc: "Laid over the config of workers", placeholder: "patch" }),
    skipInjectingConfig: boolean({ doc: "Leave the machine without a config, waiting for apply-config" }),
    skipBootstrap: boolean({ doc: "Leave etcd waiting for talosctl bootstrap" }),
    configInjectionMethod: oneOf(["http", "metal-iso", "nocloud"], {
      doc: "How the machine gets its config: from this host's server, or on a volume or as a seed (QEMU only)",
      default: "http",
    }),
    wait: boolean({ doc: "Wait until the cluster is ready", default: true }),
    waitTimeout: duration({ doc: "How long to wait", default: "20m" }),
    skipK8sNodeReadinessCheck: boolean({ doc: "Wait for the machines alone, not for the nodes of Kubernetes" }),
    skipKubeconfig: boolean({ doc: "Write no kubeconfig" }),
    merge: boolean({ doc: "Add the cluster to your own ~/.talos/config and ~/.kube/config" }),
  },
  examples: [
    "talosctl cluster create # one machine in QEMU",
    "talosctl cluster create --name big --memory 4096 --cpus 4",
    "sudo talosctl cluster create --workers 2 --memory-workers 1536 # three machines",
    "talosctl cluster create --skip-injecting-config # a machine in maintenance mode",
    "sudo talosctl cluster create --provisioner container # native speed, this host's kernel",
  ],
  async run({ flags, signal, print, warn }) {
    refuseDisk(flags.disk);
    const [{ createCluster }, { summary }, { findKubectl }, { resolve }] = await Promise.all([
      import("./create.ts"),
      import("./summary.ts"),
      import("./kubectl.ts"),
      import("node:path"),
    ]);
    const { kernel, initrd, compression, cidr, kubernetesVersion } = flags;
    const [all, controlplane, worker] = await Promise.all(
      (["configPatch", "configPatchControlPlane", "configPatchWorker"] as const).map((name) =>
        Promise.all(flags[name].map((given) => readPatch(given, `--${flagName(name)}`))),
      ),
    );
    const created = await createCluster(
      {
        name: flags.name,
        stateRoot: flags.state,
        outputDirectory: flags.outputDirectory,
        provisioner: flags.provisioner,
        architecture: flags.arch,
        counts: { controlplane: flags.controlplanes, worker: flags.workers },
        sizes: {
          controlplane: { cpus: flags.cpus, memoryMib: flags.memory },
          worker: { cpus: flags.cpusWorkers, memoryMib: flags.memoryWorkers },
        },
        diskBytes: flags.disk * mebibyte,
        exposedPorts: flags.exposedPorts.map(parseExposedPort),
        extraNics: parseExtraNics(flags.extraNics),
        configPatches: { all: all ?? [], controlplane: controlplane ?? [], worker: worker ?? [] },
        injection: flags.skipInjectingConfig ? "none" : flags.configInjectionMethod,
        bootstrap: !flags.skipBootstrap,
        wait: flags.wait,
        untilNodesReady: !flags.skipK8sNodeReadinessCheck,
        kubeconfig: !flags.skipKubeconfig,
        waitTimeoutMs: flags.waitTimeout,
        signal,
        ...(cidr === undefined ? {} : { cidr }),
        ...(kubernetesVersion === undefined ? {} : { kubernetesVersion }),
        ...(kernel === undefined ? {} : { kernel }),
        ...(initrd === undefined ? {} : { initrd }),
        ...(compression === "newest" ? {} : { compression }),
      },
      new Progress(),
    );
    if (flags.merge) for (const line of await mergeIntoOwn(created.directory)) warn(line);
    await print(
      summary({
        ...created,
        isReady: flags.wait,
        binary: resolve(flags.outputDirectory, "talosctl"),
        kubectl: findKubectl(resolve(flags.outputDirectory, "kubectl")),
        build: created.boot.identity,
        workingDirectory: process.cwd(),
      }),
    );
  },
});

function hostArchitecture(): "amd64" | "arm64" {
  return process.arch === "arm64" ? "arm64" : "amd64";
}

async function mergeIntoOwn(directory: ClusterDirectory): Promise<string[]> {
  const [{ addToOwnConfigurations }, { kubeconfigPath }, { talosconfigPath }] = await Promise.all([
    import("./own-configurations.ts"),
    import("../kubeconfig/location.ts"),
    import("../../talosconfig/location.ts"),
  ]);
  return await addToOwnConfigurations(directory, { talosconfig: talosconfigPath(), kubeconfig: kubeconfigPath() });
}

/** Less has no room for the volumes that a machine makes on it. */
function refuseDisk(sizeMib: number): void {
  const [minimum, maximum] = [2304, 64 * 1024 * 1024];
  if (sizeMib >= minimum && sizeMib <= maximum) return;
  throw new Failure(`Cannot use --disk ${sizeMib}: expected ${minimum} to ${maximum}`);
}

function parseExposedPort(given: string): ExposedPort {
  const [, host = "", machine = "", protocol = "tcp"] = /^(\d{1,5}):(\d{1,5})(?:\/(tcp|udp))?$/.exec(given) ?? [];
  const port = { host: Number(host), machine: Number(machine), protocol: protocol === "udp" ? "udp" : "tcp" } as const;
  const isPort = (number: number) => number > 0 && number < 65_536;
  if (isPort(port.host) && isPort(port.machine)) return port;
  throw new Failure(`Cannot expose "${given}": expected <port of the host>:<port of the machine>/tcp`);
}

const mostExtraNics = 8;

function parseExtraNics(given: readonly string[]): ExtraNic[] {
  if (given.length > mostExtraNics)
    throw new Failure(`Cannot add ${given.length} kinds of network cards: expected at most ${mostExtraNics}`);
  return given.map((word) => {
    const kind = extraNics.find((known) => known === word);
    if (kind !== undefined) return kind;
    throw new Failure(`Cannot add the network card "${word}": expected ${extraNics.join(" or ")}`);
  });
}

/** A patch is given as it is, or as `@file`. */
async function readPatch(given: string, flag: string): Promise<Patch> {
  if (!given.startsWith("@")) return { text: given, file: flag };
  const file = given.slice(1);
  return { text: await Bun.file(file).text(), file };
}
