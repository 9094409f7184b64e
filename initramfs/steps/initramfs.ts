import { join } from "node:path";
import type { FileEntry } from "../../src/oci/file-entry.ts";
import { writeCpio } from "../formats/cpio.ts";
import { earlyGroups } from "../kernel/modules.ts";
import type { PackageLock } from "../packages/lock.ts";
import { type Dependent, resolveLibraries } from "../rootfs/libraries.ts";
import { Tree } from "../rootfs/tree.ts";
import { cached } from "./cache.ts";
import { hashFile } from "./files.ts";
import type { Kernel } from "./kernel.ts";
import type { BuildOptions, Compression } from "./options.ts";
import { hashRecipe } from "./recipe.ts";
import { openPackages } from "./rootfs.ts";
import { runTool } from "./tool.ts";

/** What an initramfs is made from; all are paths in the cache. */
export interface InitramfsSources {
  readonly binary: string;
  readonly squashfs: string;
  readonly kernel: Kernel;
  readonly lock: PackageLock;
  readonly debs: ReadonlyMap<string, string>;
  readonly init: Dependent;
}

/** The kernel knows the form by its first bytes. Its lz4 is the "legacy" format. */
const compressors: Readonly<Record<Compression, readonly [string, ...string[]] | undefined>> = {
  none: undefined,
  lz4: ["lz4", "-l", "-9", "-c"],
  zstd: ["zstd", "-19", "-T0", "-c", "--no-progress"],
};

/**
 * JavaScriptCore asks for its stack's bounds before any of our code runs, glibc answers from /proc/self/maps, and
 * nobody has mounted /proc yet: this stands in for it. The true /proc is mounted over it first of all.
 */
const stackMap = "000000010000-7ffffffff000 rw-p 00000000 00:00 0 [stack]\n";

/** Packs machined, its libraries, the early modules and the root file system; returns the path in the cache. */
export async function makeInitramfs(sources: InitramfsSources, options: BuildOptions): Promise<string> {
  const { arch, compression, fresh } = options;
  const directory = await cached({
    name: `initramfs-${arch}-${compression}`,
    title: `Pack the initramfs (${compression})`,
    inputs: [
      ...[await hashFile(sources.binary), await hashFile(sources.squashfs), JSON.stringify(sources.lock)],
      ...[JSON.stringify(sources.kernel.list), await hashRecipe("initramfs/steps/initramfs.ts")],
    ],
    fresh,
    produce: async (directory) => {
      const tree = await assemble(sources);
      await write(writeCpio(tree.entries()), join(directory, "initramfs"), compressors[compression]);
    },
  });
  return join(directory, "initramfs");
}

async function assemble({ binary, squashfs, kernel, lock, debs, init }: InitramfsSources): Promise<Tree> {
  const tree = new Tree();
  const file = (path: string, content: Blob, mode = 0o644): FileEntry => ({ kind: "file", path, mode, content });
  tree.add(file("init", Bun.file(binary), 0o755));
  tree.add(file("rootfs.sqsh", Bun.file(squashfs)));
  tree.add(file("proc/self/maps", new Blob([stackMap]), 0o444));
  // Bun starts no process without /dev/null, and has no output without /dev/console.
  tree.add({ kind: "device", path: "dev/null", mode: 0o666, major: 1, minor: 3 });
  tree.add({ kind: "device", path: "dev/console", mode: 0o600, major: 5, minor: 1 });
  for (const path of ["root", "run", "sys"]) tree.add({ kind: "directory", path, mode: 0o755 });
  for (const name of ["lib", "lib64"]) tree.add({ kind: "link", path: name, target: `usr/${name}` });
  const libc = { ...lock, packages: lock.packages.filter(({ name }) => name === "libc6") };
  for (const { entry } of await resolveLibraries([init], await openPackages(libc, debs))) tree.add(entry);

  const early = kernel.list.modules.filter(({ group }) => earlyGroups.has(group));
  for (const { name, path } of early)
    tree.add(file(path.slice(1), Bun.file(join(kernel.directory, "modules", `${name}.ko`))));
  tree.add(file("modules/order.txt", new Blob(early.map(({ name }) => `${name}.ko\n`))));
  return tree;
}

async function write(
  archive: AsyncIterable<Uint8Array>,
  path: string,
  compressor: readonly [string, ...string[]] | undefined,
): Promise<void> {
  if (compressor !== undefined) {
    await Bun.write(path, await runTool({ argv: compressor, input: archive }));
    return;
  }
  const writer = Bun.file(path).writer({ highWaterMark: 1 << 20 });
  for await (const chunk of archive) {
    writer.write(chunk);
    await writer.flush();
  }
  await writer.end();
}
