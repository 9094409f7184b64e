import { basename, join } from "node:path";
import { Failure } from "../../src/errors/failure.ts";
import { canonicalName, type ModuleList } from "../../src/machined/boot/module-list.ts";
import type { FileEntry } from "../../src/oci/file-entry.ts";
import { earlyGroups, modules } from "../kernel/modules.ts";
import { orderModules, readDependencies, readDevices } from "../kernel/resolve-modules.ts";
import type { PackageLock } from "../packages/lock.ts";
import { cached } from "./cache.ts";
import type { BuildOptions } from "./options.ts";
import { unpackPackage } from "./packages.ts";
import { hashRecipe } from "./recipe.ts";
import { runTool } from "./tool.ts";

/** A kernel ready for an image. The directory holds `vmlinuz`, `config`, `modules.json` and `modules/<name>.ko`. */
export interface Kernel {
  readonly directory: string;
  readonly list: ModuleList;
}

/**
 * Takes the image and the modules that we use out of Debian's kernel package.
 * @throws Failure for a kernel that we cannot make yet.
 */
export async function prepareKernel(
  lock: PackageLock,
  debs: ReadonlyMap<string, string>,
  { arch, kernel, fresh }: Pick<BuildOptions, "arch" | "kernel" | "fresh">,
): Promise<Kernel> {
  if (kernel === "hardened")
    throw new Failure("Cannot build the hardened kernel: kernel-config/ has no recipe for it yet", {
      hint: "--kernel debian",
    });
  const { name, sha256 } = lock.kernel;
  const directory = await cached({
    name: `kernel-${arch}`,
    title: "Take the kernel and its modules out of their package",
    inputs: [sha256, await hashRecipe("initramfs/steps/kernel.ts")],
    fresh,
    produce: (directory) => unpackKernel(directory, debs.get(name) ?? "", name.replace("linux-image-", "")),
  });
  return { directory, list: await Bun.file(join(directory, "modules.json")).json() };
}

async function unpackKernel(directory: string, deb: string, release: string): Promise<void> {
  const entries = await unpackPackage(deb);
  const image = entries.find(({ path }) => path === `boot/vmlinuz-${release}`);
  if (image?.kind !== "file")
    throw new Failure(`Cannot find the kernel image in the package of ${release}: it has another name`);
  await Bun.write(join(directory, "vmlinuz"), image.content);
  const config = entries.find(({ path }) => path === `boot/config-${release}`);
  if (config?.kind === "file") await Bun.write(join(directory, "config"), config.content);

  const compressed = new Map<string, Blob>();
  for (const entry of entries) {
    const name = /\/([^/]+)\.ko\.xz$/.exec(entry.path)?.[1];
    if (name !== undefined && entry.kind === "file") compressed.set(canonicalName(name), entry.content);
  }
  const builtIn = await namesIn(entries, `usr/lib/modules/${release}/modules.builtin`);
  const drives = new Map<string, readonly string[]>();
  const ordered = await orderModules(modules, earlyGroups, async (name) => {
    const content = compressed.get(name);
    if (content === undefined) return builtIn.has(name) ? null : undefined;
    // Uncompressed modules load in half the time, and the image's own compression makes up for the size.
    const module = await runTool({ argv: ["xz", "--decompress", "--stdout"], input: [await content.bytes()] });
    await Bun.write(join(directory, "modules", `${name}.ko`), module);
    drives.set(name, readDevices(module));
    return readDependencies(module);
  });
  const list: ModuleList = {
    release,
    modules: ordered.map((module) => ({
      ...module,
      ...(module.group === "hardware" ? { drives: drives.get(module.name) ?? [] } : {}),
      path: earlyGroups.has(module.group)
        ? `/modules/${module.name}.ko`
        : `/usr/lib/modules/${release}/${module.name}.ko`,
    })),
    builtIn: [...builtIn],
  };
  await Bun.write(join(directory, "modules.json"), JSON.stringify(list));
}

/** Debian lists what is built in by the path that it would have as a module. */
async function namesIn(entries: readonly FileEntry[], path: string): Promise<ReadonlySet<string>> {
  const file = entries.find((entry) => entry.path === path);
  if (file?.kind !== "file") throw new Failure(`Cannot find ${path} in the kernel package: it has another name`);
  const lines = (await file.content.text()).trim().split("\n");
  return new Set(lines.map((line) => canonicalName(basename(line, ".ko"))));
}
