import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { writeCpio } from "../../initramfs/formats/cpio.ts";
import { Tree } from "../../initramfs/rootfs/tree.ts";
import { readTool, runTool } from "../../initramfs/steps/tool.ts";
import type { ModuleList } from "../../src/machined/boot/module-list.ts";
import type { FileEntry } from "../../src/oci/file-entry.ts";
import { chooseAccelerator } from "../../src/talosctl/cluster/qemu/accelerator.ts";
import { findEmulator } from "../../src/talosctl/cluster/qemu/launch.ts";
import { repository } from "../tidy/tree.ts";

/** How test files fared in a guest. */
export interface GuestOutcome {
  /** Of the test runner: 0 when every test passed. */
  readonly code: number;
  /** All that the guest wrote. */
  readonly output: string;
}

export interface GuestPlan {
  /** Paths of test files, whose names end with `-cases.ts`: no other runner takes them for its own. */
  readonly cases: readonly string[];
  /** Modules of the image to load first, each with its parameters. */
  readonly modules: readonly (readonly string[])[];
}

const built = join(repository, "_out");
const guestTimeoutMs = 600_000;
/** The guest's last word. */
const ended = /^cases ended: (-?\d+)\r?\n/m;
/** See initramfs/steps/initramfs.ts: what Bun asks before anybody has mounted /proc. */
const stackMap = "000000010000-7ffffffff000 rw-p 00000000 00:00 0 [stack]\n";

/**
 * Runs test files on the kernel of the image, as root of a virtual machine: for what this host's kernel may not have.
 * It starts in seconds, for there is nothing in it but Bun, the files, and the kernel's modules.
 */
export async function runInGuest({ cases, modules }: GuestPlan): Promise<GuestOutcome> {
  const directory = await mkdtemp(join(tmpdir(), "guest-"));
  try {
    const initrd = join(directory, "initrd");
    const tree = new Tree();
    for (const entry of await programEntries(directory, cases, modules)) tree.add(entry);
    for (const entry of await moduleEntries(directory, modules)) tree.add(entry);
    await Bun.write(initrd, Buffer.concat(await Array.fromAsync(writeCpio(tree.entries()))));
    const emulator = findEmulator("amd64");
    const { argument, cpu } = await chooseAccelerator("amd64", emulator);
    const kernelLine = "console=ttyS0 quiet panic=-1 rdinit=/bun -- run /cases/init.js";
    const argv = [
      ...[emulator, "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", "-machine", "q35"],
      ...["-accel", argument, "-cpu", cpu, "-smp", "1", "-m", "1536", "-serial", "stdio"],
      ...["-kernel", join(built, "vmlinuz-amd64"), "-initrd", initrd, "-append", kernelLine],
    ];
    const first = await boot(argv);
    // The emulator now and then patches the kernel while it runs: that says nothing about our files.
    return first.code === -1 && !first.output.includes("bun test v") ? await boot(argv) : first;
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** Runs the machine until its last word. */
async function boot(argv: string[]): Promise<GuestOutcome> {
  const machine = Bun.spawn(argv, { stdin: "ignore", stderr: "inherit", timeout: guestTimeoutMs });
  const decoder = new TextDecoder();
  let output = "";
  for await (const chunk of machine.stdout) {
    output += decoder.decode(chunk, { stream: true });
    if (ended.test(output)) machine.kill();
  }
  return { code: Number(ended.exec(output)?.[1] ?? -1), output };
}

const file = (path: string, content: Blob, mode = 0o644): FileEntry => ({ kind: "file", path, mode, content });

/** Bun with its libraries, and each test file with all that it imports. */
async function programEntries(directory: string, cases: readonly string[], modules: GuestPlan["modules"]) {
  const bundles = join(directory, "cases");
  const sources = [join(import.meta.dir, "init.ts"), ...cases];
  for (const source of sources) {
    const made = await Bun.build({ entrypoints: [source], outdir: bundles, target: "bun", naming: "[name].js" });
    if (!made.success) throw new AggregateError(made.logs, `Cannot bundle ${source}`);
  }
  const names = cases.map((path) => basename(path).replace(/\.ts$/, ""));
  const tests = names.map((name) => `/cases/${name}.test.js`);
  const libraries = [...(await readTool({ argv: ["ldd", process.execPath] })).matchAll(/(\/\S+) \(/g)];
  return [
    file("bun", Bun.file(process.execPath), 0o755),
    ...libraries.map(([, path = ""]) => file(path.slice(1), Bun.file(path), 0o755)),
    file("cases/init.js", Bun.file(join(bundles, "init.js"))),
    file("cases/plan.json", new Blob([JSON.stringify({ modules, cases: tests })])),
    ...names.map((name, at) => file((tests[at] ?? "").slice(1), Bun.file(join(bundles, `${name}.js`)))),
    file("proc/self/maps", new Blob([stackMap]), 0o444),
    { kind: "device", path: "dev/null", mode: 0o666, major: 1, minor: 3 },
    { kind: "device", path: "dev/console", mode: 0o600, major: 5, minor: 1 },
    { kind: "directory", path: "sys", mode: 0o755 },
  ] satisfies FileEntry[];
}

const listPath = "usr/lib/modules/list.json";

/** The modules of the image, with what they depend on, where the image has them. */
async function moduleEntries(directory: string, modules: GuestPlan["modules"]): Promise<FileEntry[]> {
  const image = join(built, "rootfs-amd64.sqsh");
  const target = join(directory, "image");
  await runTool({ argv: ["unsquashfs", "-quiet", "-no-progress", "-d", target, image, listPath] });
  const list: ModuleList = await Bun.file(join(target, listPath)).json();
  const known = new Map(list.modules.map((module) => [module.name, module]));
  const needed = new Set<string>();
  const need = (name: string): void => {
    const module = known.get(name);
    if (module === undefined || needed.has(module.path)) return;
    needed.add(module.path);
    for (const dependency of module.dependsOn) need(dependency);
  };
  for (const [name = ""] of modules) need(name);
  const paths = [...needed].map((path) => path.slice(1));
  await runTool({ argv: ["unsquashfs", "-quiet", "-no-progress", "-force", "-d", target, image, ...paths] });
  return [listPath, ...paths].map((path) => file(path, Bun.file(join(target, path))));
}
