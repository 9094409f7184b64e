import { join } from "node:path";
import { Failure } from "../../src/errors/failure.ts";
import type { ModuleList } from "../../src/machined/boot/module-list.ts";
import type { FileEntry } from "../../src/oci/file-entry.ts";
import { earlyGroups } from "../kernel/modules.ts";
import type { PackageLock } from "../packages/lock.ts";
import { base } from "../rootfs/base.ts";
import { billOfMaterials, type GoModule } from "../rootfs/bill-of-materials.ts";
import { containers } from "../rootfs/containers.ts";
import { devices } from "../rootfs/devices.ts";
import { disks } from "../rootfs/disks.ts";
import { executables } from "../rootfs/executables.ts";
import { type Dependent, dependentOf, resolveLibraries } from "../rootfs/libraries.ts";
import { type PackageFile, PackageFiles } from "../rootfs/package-files.ts";
import { Tree } from "../rootfs/tree.ts";
import type { Kernel } from "./kernel.ts";
import { type Architecture, architectures } from "./options.ts";
import { unpackPackage } from "./packages.ts";

/** What a root file system is made from. */
export interface RootSources {
  readonly arch: Architecture;
  readonly lock: PackageLock;
  /** Where the packages lie, by name. */
  readonly debs: ReadonlyMap<string, string>;
  readonly kernel: Kernel;
  /** Compiled programs, by their path in the tree. */
  readonly programs: ReadonlyMap<string, string>;
  /** What those were compiled from. */
  readonly goModules: readonly GoModule[];
  /** The program that will be PID 1: not in the tree itself, but its libraries are. */
  readonly init: Dependent;
}

/** A root file system, and which package each file came from. */
export interface RootFileSystem {
  readonly tree: Tree;
  readonly origins: ReadonlyMap<string, string>;
}

/**
 * Puts the machine's root file system together, in memory.
 * @throws Failure for a program that nobody gave a reason for.
 */
export async function assembleRoot({
  arch,
  lock,
  debs,
  kernel,
  programs,
  goModules,
  init,
}: RootSources): Promise<RootFileSystem> {
  const packages = await openPackages(lock, debs);
  const chosen = [...containers, ...devices, ...disks].flatMap(({ package: name, paths, libraries: directory }) => [
    ...paths.map((path) => packages.file(name, path)),
    ...(directory === undefined ? [] : packages.within(name, `usr/lib/${architectures[arch].gnu}/${directory}`)),
  ]);
  const compiled = [...programs].map(
    ([path, source]): FileEntry => ({ kind: "file", path, mode: 0o755, content: Bun.file(source) }),
  );
  for (const entry of [...chosen.map((file) => file.entry), ...compiled]) requireReason(entry);
  const dependents = await Promise.all(
    chosen.map(({ entry }) => (entry.kind === "file" ? dependentOf(entry.path, entry.content) : undefined)),
  );
  const libraries = await resolveLibraries(
    [init, ...dependents.filter((dependent) => dependent !== undefined)],
    packages,
  );

  const tree = new Tree();
  const origins = new Map<string, string>();
  for (const { package: name, entry } of [...chosen, ...libraries]) {
    if (!tree.has(entry.path)) tree.add(entry);
    origins.set(entry.path, name);
  }
  tree.addAll(compiled);
  for (const path of programs.keys()) origins.set(path, "network plugins");
  tree.addAll(base);
  tree.add({
    kind: "file",
    path: "etc/ssl/certs/ca-certificates.crt",
    mode: 0o644,
    content: await certificates(packages),
  });
  addModules(tree, kernel);
  const used = new Set([...origins.values(), "ca-certificates", lock.kernel.name]);
  tree.add({
    kind: "file",
    path: "usr/share/sbom.spdx.json",
    mode: 0o644,
    content: billOfMaterials(lock, used, goModules),
  });
  return { tree, origins };
}

export async function openPackages(lock: PackageLock, debs: ReadonlyMap<string, string>): Promise<PackageFiles> {
  const packages = new PackageFiles();
  for (const { name } of lock.packages) packages.add(name, await unpackPackage(debs.get(name) ?? ""));
  return packages;
}

/** All authorities in one file, the way every TLS library expects it; sorted, so that it is always the same. */
async function certificates(packages: PackageFiles): Promise<Blob> {
  const files = packages
    .within("ca-certificates", "usr/share/ca-certificates/mozilla")
    .filter(({ entry }) => entry.path.endsWith(".crt"));
  const sorted = files.map(({ entry }: PackageFile) => entry).toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const texts = await Promise.all(sorted.map((entry) => (entry.kind === "file" ? entry.content.text() : "")));
  return new Blob(texts.map((text) => `${text.trimEnd()}\n`));
}

function addModules(tree: Tree, { directory, list }: Kernel): void {
  const later = list.modules.filter(({ group }) => !earlyGroups.has(group));
  for (const { name, path } of new Map(later.map((module) => [module.name, module])).values()) {
    tree.add({
      kind: "file",
      path: path.slice(1),
      mode: 0o644,
      content: Bun.file(join(directory, "modules", `${name}.ko`)),
    });
  }
  // Debian's kernels do not show their configuration in /proc/config.gz; this is where people look next.
  const config = Bun.file(join(directory, "config"));
  tree.add({ kind: "file", path: `boot/config-${list.release}`, mode: 0o644, content: config });
  const shown: ModuleList = { ...list, modules: later };
  tree.add({
    kind: "file",
    path: "usr/lib/modules/list.json",
    mode: 0o644,
    content: new Blob([`${JSON.stringify(shown, undefined, 1)}\n`]),
  });
}

function requireReason(entry: FileEntry): void {
  if (entry.kind !== "file" || (entry.mode & 0o111) === 0 || executables.has(entry.path)) return;
  throw new Failure(`Cannot add /${entry.path} to the image: rootfs/executables.ts has no reason for it`);
}
