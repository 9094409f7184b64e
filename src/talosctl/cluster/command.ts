import type { Patch } from "../../config/patch.ts";
import { Failure } from "../../errors/failure.ts";
import { command, family } from "../command.ts";
import { boolean, duration, flagName, integer, list, oneOf, repeated, text } from "../flag.ts";
import { compressions } from "./artifacts.ts";
import { type ClusterDirectory, defaultStateRoot } from "./directory.ts";
import { Progress } from "./progress.ts";
import type { ExposedPort } from "./provisioner.ts";

const mebibyte = 1024 * 1024;

/** Flags that say which cluster is meant. */
const whichCluster = {
  name: text({ doc: "Name of the cluster", placeholder: "name", default: "default" }),
  state: text({ doc: "Directory that holds the clusters", placeholder: "directory", default: defaultStateRoot }),
} as const;

const outputDirectory = text({ doc: "Directory of what the build made", placeholder: "directory", default: "_out" });

const create = command({
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
    cpus: integer({ doc: "Processors of each control plane", default: 2 }),
    cpusWorkers: integer({ doc: "Processors of each worker", default: 2 }),
    memory: integer({ doc: "Memory of each control plane", placeholder: "MiB", default: 2048 }),
    memoryWorkers: integer({ doc: "Memory of each worker", placeholder: "MiB", default: 2048 }),
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
    kubernetesVersion: text({ doc: "Version of Kubernetes; ours by default", placeholder: "version" }),
    configPatch: repeated({ doc: "Laid over the config of every machine: YAML, or @file", placeholder: "patch" }),
    configPatchControlPlane: repeated({ doc: "Laid over the config of control planes", placeholder: "patch" }),
    configPatchWorker: repeated({ doc: "Laid over the config of workers", placeholder: "patch" }),
    skipInjectingConfig: boolean({ doc: "Leave the machine without a config, waiting for apply-config" }),
    skipBootstrap: boolean({ doc: "Leave etcd waiting for talosctl bootstrap" }),
    configInjectionMethod: oneOf(["http", "metal-iso"], {
      doc: "How the machine gets its config: from this host's server, or on a volume (QEMU only)",
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
    refuseSizes(flags);
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
        binary: resolve(flags.outputDirectory, "talosctl"),
        kubectl: findKubectl(resolve(flags.outputDirectory, "kubectl")),
        build: created.boot.identity,
        workingDirectory: process.cwd(),
      }),
    );
  },
});

const destroy = command({
  name: "destroy",
  aliases: ["down"],
  summary: "Stop a cluster of this host and remove all its files",
  remote: false,
  flags: {
    ...whichCluster,
    force: boolean({ doc: "Remove the files even when it is not known what runs" }),
  },
  examples: ["talosctl cluster destroy", "talosctl cluster destroy --name big"],
  async run({ flags, warn }) {
    const { destroyCluster } = await import("./destroy.ts");
    const { name, state: stateRoot, force } = flags;
    const existed = await destroyCluster({ name, stateRoot, force }, new Progress());
    if (!existed) warn(`There is no cluster "${name}" in ${stateRoot}`);
  },
});

const show = command({
  name: "show",
  summary: "Show the clusters of this host, their machines and console logs",
  remote: false,
  flags: { ...whichCluster, name: text({ doc: "Name of the cluster; all by default", placeholder: "name" }) },
  examples: ["talosctl cluster show", "talosctl cluster show --name default"],
  async run({ flags, print, warn }) {
    const { clusterNames, showCluster, showText } = await import("./show.ts");
    const names = flags.name === undefined ? await clusterNames(flags.state) : [flags.name];
    const clusters = await Promise.all(names.map((name) => showCluster(flags.state, name)));
    const found = clusters.filter((cluster) => cluster !== undefined);
    if (found.length > 0) return await print(showText(found));
    if (flags.name !== undefined)
      throw new Failure(`Cannot show cluster "${flags.name}": there is none in ${flags.state}`);
    warn(`There are no clusters in ${flags.state}. To make one: talosctl cluster create`);
  },
});

/** The background process of `create`; takes its order on standard input. */
const serve = command({
  name: "serve",
  summary: "Serve configs and images to the machines of a cluster",
  hidden: true,
  remote: false,
  examples: ["talosctl cluster serve < order.json"],
  async run({ signal }) {
    const [{ runServer }, { serveLayout }] = await Promise.all([
      import("./server/background.ts"),
      import("../../oci/registry/serve-layout.ts"),
    ]);
    await runServer(serveLayout, signal);
  },
});

export const cluster = family({
  name: "cluster",
  summary: "Run machines on this host",
  group: "local",
  commands: [create, destroy, show, serve],
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

function parseExposedPort(given: string): ExposedPort {
  const [, host = "", machine = "", protocol = "tcp"] = /^(\d{1,5}):(\d{1,5})(?:\/(tcp|udp))?$/.exec(given) ?? [];
  const port = { host: Number(host), machine: Number(machine), protocol: protocol === "udp" ? "udp" : "tcp" } as const;
  const isPort = (number: number) => number > 0 && number < 65_536;
  if (isPort(port.host) && isPort(port.machine)) return port;
  throw new Failure(`Cannot expose "${given}": expected <port of the host>:<port of the machine>/tcp`);
}

/** A patch is given as it is, or as `@file`. */
async function readPatch(given: string, flag: string): Promise<Patch> {
  if (!given.startsWith("@")) return { text: given, file: flag };
  const file = given.slice(1);
  return { text: await Bun.file(file).text(), file };
}

function refuseSizes(
  flags: Readonly<Record<"cpus" | "cpusWorkers" | "memory" | "memoryWorkers" | "disk", number>>,
): void {
  const check = (what: keyof typeof flags, minimum: number, maximum: number) => {
    if (flags[what] >= minimum && flags[what] <= maximum) return;
    throw new Failure(`Cannot use --${flagName(what)} ${flags[what]}: expected ${minimum} to ${maximum}`);
  };
  for (const what of ["cpus", "cpusWorkers"] as const) check(what, 1, 64);
  for (const what of ["memory", "memoryWorkers"] as const) check(what, 1024, 1024 * 1024);
  // Less has no room for the volumes that a machine makes on it.
  check("disk", 2304, 64 * 1024 * 1024);
}
