import { join } from "node:path";
import { parseArgs } from "node:util";
import { selectImages } from "./initramfs/components/images.ts";
import { needC } from "./initramfs/steps/components.ts";
import { repository } from "./initramfs/steps/files.ts";
import { ensureHost } from "./initramfs/steps/host.ts";
import { buildsImages } from "./initramfs/steps/image-source.ts";
import { buildKubectl } from "./initramfs/steps/kubectl.ts";
import { updateLock } from "./initramfs/steps/lock.ts";
import { buildBinary, buildBootFiles, buildImages } from "./initramfs/steps/machine.ts";
import { type BuildOptions, readOptions } from "./initramfs/steps/options.ts";
import { generateProto } from "./initramfs/steps/proto.ts";
import { generateReference } from "./initramfs/steps/reference.ts";
import { describeSizes } from "./initramfs/steps/sizes.ts";
import { Failure } from "./src/errors/failure.ts";
import { messageOf } from "./src/errors/message.ts";

const usage = `Usage: bun build.ts [options] [target] [arguments of the program that the target runs]

Targets
  all      binary, kernel, initramfs and images (the default)
  proto    codecs of the wire formats
  docs     docs/reference, from the descriptions in src
  binary   _out/machined and _out/talosctl
  boot     what a machine boots from, without container images
  images   _out/image-cache
  kubectl  _out/kubectl, for this host
  host     installs what the host lacks
  lock     takes the packages that Debian has now into the checked-in list
  up       all, then boots a machine
  down     stops it and removes its files
  test     all, then every test
  bench    all, then measures
  power    all, then cuts the power of a machine while it is configured

Options
  --arch amd64|arm64               of the machine (amd64)
  --compression none|lz4|zstd      of the initramfs; zstd for a release (none)
  --kernel debian|hardened         Debian's for virtual machines, or our own (debian)
  --images upstream|build|probe    whether to compile images (probe: when upstream cannot be reached)
  --with name,…|cluster|none       images beside kubelet, etcd and pause: kube-apiserver, coredns, flannel … (cluster)
  --output directory               of the results (_out)
  --fresh                          makes all but the compiled components anew, whatever the cache has
`;

async function buildAll(options: BuildOptions, forTests = false): Promise<void> {
  await ensureHost({ arch: options.arch, forTests, compilesC: needC(selectImages(options.with), options.arch) });
  const results = await buildBootFiles(options);
  await buildImages(options);
  // Where images come from upstream, people have upstream's kubectl; tests use ours in any case.
  if (forTests || (await buildsImages(options))) await buildKubectl(options);
  await Bun.write(join(options.output, "sizes.txt"), `${await describeSizes(results)}\n`);
}

/** Becomes another program as far as a person can tell: same terminal, same exit code. */
async function run(argv: string[], env: Record<string, string> = {}): Promise<void> {
  const stdio: ["inherit", "inherit", "inherit"] = ["inherit", "inherit", "inherit"];
  const child = Bun.spawn(argv, { cwd: repository, stdio, env: { ...env, ...process.env } });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
  process.exitCode = await child.exited;
}

const targets: Readonly<Record<string, (options: BuildOptions, rest: string[]) => Promise<unknown>>> = {
  all: async (options) => {
    await buildAll(options);
    process.stdout.write(await Bun.file(join(options.output, "sizes.txt")).text());
  },
  proto: generateProto,
  docs: generateReference,
  binary: buildBinary,
  boot: buildBootFiles,
  images: buildImages,
  kubectl: async (options) => {
    await ensureHost({ arch: options.arch, forTests: false, compilesC: false });
    await buildKubectl(options);
  },
  host: ({ arch }) => ensureHost({ arch, forTests: true, compilesC: true }),
  lock: ({ arch }) => updateLock(arch),
  up: async (options, rest) => {
    await buildAll(options);
    const { arch, compression, output } = options;
    const built = [`--arch=${arch}`, `--compression=${compression}`, `--output-directory=${output}`];
    await run([join(output, "talosctl"), "cluster", "create", ...built, ...rest]);
  },
  down: async (options, rest) => {
    const talosctl = join(options.output, "talosctl");
    // Nothing was built, so nothing can run.
    if (await Bun.file(talosctl).exists()) await run([talosctl, "cluster", "destroy", ...rest]);
  },
  test: async (options, rest) => {
    await buildAll(options, true);
    const argv = [process.execPath, "test", "--timeout", "600000"];
    // Beside whole machines everything takes its time, and nobody waits for this.
    const env = { TEST_PATIENCE: "4" };
    await run([...argv, ...(rest.length > 0 ? rest : ["src", "initramfs", "docs", "test"])], env);
  },
  bench: async (options, rest) => {
    await buildAll(options);
    await run([process.execPath, join(repository, "test/bench/main.ts"), ...rest]);
  },
  power: async (options, rest) => {
    await buildAll(options, true);
    await run([process.execPath, join(repository, "test/power-cut/main.ts"), ...rest]);
  },
};

const optionForms = {
  arch: { type: "string" },
  compression: { type: "string" },
  kernel: { type: "string" },
  images: { type: "string" },
  with: { type: "string", multiple: true },
  output: { type: "string" },
  fresh: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

/** What comes before the target is ours; what follows belongs to the program that the target runs. */
async function main(argv: readonly string[]): Promise<void> {
  const at = argv.findIndex((argument) => argument in targets);
  const own = at < 0 ? argv : argv.slice(0, at);
  const { values, positionals } = parseArgs({ args: [...own], allowPositionals: true, options: optionForms });
  const name = at < 0 ? (positionals[0] ?? "all") : argv[at];
  const target = name === undefined ? undefined : targets[name];
  if (values.help) process.stdout.write(usage);
  else if (target === undefined) throw new Failure(`Cannot build "${name}": there is no such target`, { hint: usage });
  else await target(readOptions(values), at < 0 ? [] : argv.slice(at + 1));
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  if (error instanceof Failure && error.hint !== undefined) process.stderr.write(`${error.hint}\n`);
  process.exitCode = 1;
}
