import { Failure } from "../../errors/failure.ts";
import { command, family } from "../command.ts";
import { boolean, duration, integer, oneOf, repeated, text } from "../flag.ts";
import { compressions } from "./artifacts.ts";
import { defaultStateRoot } from "./directory.ts";
import { Progress } from "./progress.ts";

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
  summary: "Boot a machine on this host and wait until it works",
  description:
    "Brings the cluster up from wherever it is: new, stopped, booting or running. A running cluster is left as it is.",
  remote: false,
  flags: {
    ...whichCluster,
    outputDirectory,
    controlplanes: integer({ doc: "Machines of the control plane; this version boots one", default: 1 }),
    workers: integer({ doc: "Workers; this version boots none", default: 0 }),
    cpus: integer({ doc: "Processors of each machine", default: 2 }),
    memory: integer({ doc: "Memory of each machine", placeholder: "MiB", default: 2048 }),
    disk: integer({ doc: "Disk of each machine; takes space as it is written", placeholder: "MiB", default: 6144 }),
    provisioner: oneOf(["qemu", "container"], {
      doc: "A virtual machine, or a container on this host's kernel (needs root)",
      default: "qemu",
    }),
    arch: oneOf(["amd64", "arm64"], { doc: "Architecture of the machines", default: hostArchitecture() }),
    kernel: text({ doc: "Kernel to boot instead of the built one", placeholder: "file" }),
    initrd: text({ doc: "Initramfs to boot instead of the built one", placeholder: "file" }),
    compression: oneOf(["newest", ...compressions], { doc: "Which built initramfs to boot", default: "newest" }),
    configPatch: repeated({ doc: "Laid over the machine's config: YAML, or @file", placeholder: "patch" }),
    skipInjectingConfig: boolean({ doc: "Leave the machine without a config, waiting for apply-config" }),
    skipBootstrap: boolean({ doc: "Leave etcd waiting for talosctl bootstrap" }),
    configInjectionMethod: oneOf(["http", "metal-iso"], {
      doc: "How the machine gets its config: from this host's server, or on a volume (QEMU only)",
      default: "http",
    }),
    waitTimeout: duration({ doc: "How long to wait for the services", default: "20m" }),
  },
  examples: [
    "talosctl cluster create # one machine in QEMU",
    "talosctl cluster create --name big --memory 4096 --cpus 4",
    "talosctl cluster create --skip-injecting-config # a machine in maintenance mode",
    "sudo talosctl cluster create --provisioner container # native speed, this host's kernel",
  ],
  async run({ flags, signal, print }) {
    refuseMany(flags.controlplanes, flags.workers);
    refuseSizes(flags);
    const [{ createCluster }, { summary }, { resolve }] = await Promise.all([
      import("./create.ts"),
      import("./summary.ts"),
      import("node:path"),
    ]);
    const { kernel, initrd, compression } = flags;
    const created = await createCluster(
      {
        name: flags.name,
        stateRoot: flags.state,
        outputDirectory: flags.outputDirectory,
        provisioner: flags.provisioner,
        architecture: flags.arch,
        cpus: flags.cpus,
        memoryMib: flags.memory,
        diskBytes: flags.disk * mebibyte,
        configPatches: await Promise.all(flags.configPatch.map(readPatch)),
        injection: flags.skipInjectingConfig ? "none" : flags.configInjectionMethod,
        bootstrap: !flags.skipBootstrap,
        waitTimeoutMs: flags.waitTimeout,
        signal,
        ...(kernel === undefined ? {} : { kernel }),
        ...(initrd === undefined ? {} : { initrd }),
        ...(compression === "newest" ? {} : { compression }),
      },
      new Progress(),
    );
    const binary = resolve(flags.outputDirectory, "talosctl");
    await print(summary({ ...created, binary, build: created.boot.identity, workingDirectory: process.cwd() }));
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

/** A patch is given as it is, or as `@file`. */
async function readPatch(given: string): Promise<{ readonly text: string; readonly file: string }> {
  if (!given.startsWith("@")) return { text: given, file: "--config-patch" };
  const file = given.slice(1);
  return { text: await Bun.file(file).text(), file };
}

function refuseMany(controlplanes: number, workers: number): void {
  if (controlplanes === 1 && workers === 0) return;
  throw new Failure(
    `Cannot create ${controlplanes} control plane machines and ${workers} workers: this version boots one machine`,
    { hint: "leave out --controlplanes and --workers" },
  );
}

function refuseSizes({ cpus, memory, disk }: Readonly<Record<"cpus" | "memory" | "disk", number>>): void {
  const check = (what: string, value: number, minimum: number, maximum: number) => {
    if (value >= minimum && value <= maximum) return;
    throw new Failure(`Cannot use --${what} ${value}: expected ${minimum} to ${maximum}`);
  };
  check("cpus", cpus, 1, 64);
  check("memory", memory, 1024, 1024 * 1024);
  // Less has no room for the volumes that a machine makes on it.
  check("disk", disk, 2304, 64 * 1024 * 1024);
}
