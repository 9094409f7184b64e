import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { FileEntry } from "../../src/oci/file-entry.ts";
import { readLayout } from "../../src/oci/layout/layout.ts";
import { writeImage, writeIndex } from "../../src/oci/layout/write-image.ts";
import type { ComponentName } from "../components/components.ts";
import { type ComponentImage, selectImages } from "../components/images.ts";
import type { PackageLock } from "../packages/lock.ts";
import { dependentOf, resolveLibraries } from "../rootfs/libraries.ts";
import type { PackageFiles } from "../rootfs/package-files.ts";
import { Tree } from "../rootfs/tree.ts";
import { cached } from "./cache.ts";
import { compileComponents } from "./components.ts";
import { publish } from "./files.ts";
import { type Architecture, architectures, type BuildOptions } from "./options.ts";
import { hashRecipe } from "./recipe.ts";
import { openPackages } from "./rootfs.ts";

export interface ImageSources {
  readonly lock: PackageLock;
  readonly debs: ReadonlyMap<string, string>;
}

type ImageOptions = Pick<BuildOptions, "arch" | "fresh" | "with">;

/**
 * Packs compiled components into images under upstream's names.
 * @returns where the layout of each image lies in the cache.
 */
export async function makeImages({ lock, debs }: ImageSources, options: ImageOptions): Promise<string[]> {
  const { arch, fresh } = options;
  const images = selectImages(options.with);
  const programs = await compileComponents(new Set(images.flatMap((image) => Object.values(image.programs))), arch);
  let opened: Promise<PackageFiles> | undefined;
  const packages = () => {
    opened ??= openPackages(lock, debs);
    return opened;
  };
  const recipe = await hashRecipe("initramfs/steps/images.ts");
  const layouts: string[] = [];
  for (const image of images) {
    const paths = Object.values(image.programs).map((name) => programs.get(name) ?? "");
    const layout = await cached({
      name: `image-${image.name}-${arch}`,
      title: `Pack the image of ${image.name}`,
      // Recipe: how all images are made. The table is part of it, and of this list what concerns this image.
      inputs: [JSON.stringify(lock), JSON.stringify(image), ...paths, recipe],
      fresh,
      produce: async (layout) => writeIndex(layout, [await pack(layout, image, { programs, packages, arch })]),
    });
    layouts.push(layout);
  }
  return layouts;
}

/** Blobs of earlier builds are kept this long: a machine may be about to pull them. */
const keepBlobsMs = 3_600_000;

/**
 * Puts images into the output directory, as one layout: a machine finds those of this build there, not of earlier ones.
 */
export async function publishImages(layouts: readonly string[], { output }: Pick<BuildOptions, "output">) {
  const target = join(output, "image-cache");
  const blobs = new Set<string>();
  for (const layout of layouts) {
    for (const blob of await readdir(join(layout, "blobs/sha256"))) {
      await publish(join(layout, "blobs/sha256", blob), join(target, "blobs/sha256", blob));
      blobs.add(blob);
    }
  }
  // The index last: it must never name a blob that is not there yet.
  await writeIndex(target, (await Promise.all(layouts.map(readLayout))).flat());
  for (const blob of await readdir(join(target, "blobs/sha256"))) {
    const path = join(target, "blobs/sha256", blob);
    if (!blobs.has(blob) && (await stat(path)).mtimeMs < Date.now() - keepBlobsMs) await rm(path);
  }
}

/** What images are put together from. */
interface Parts {
  readonly programs: ReadonlyMap<ComponentName, string>;
  readonly packages: () => Promise<PackageFiles>;
  readonly arch: Architecture;
}

async function pack(layout: string, image: ComponentImage, parts: Parts) {
  const { reference, user } = image;
  const [program = ""] = Object.keys(image.programs);
  return writeImage(layout, {
    reference,
    architecture: parts.arch,
    entries: await contentsOf(image, parts),
    entrypoint: [`/${program}`],
    ...(user === undefined ? {} : { user }),
  });
}

/** Programs that ask for a user by name (the kubelet does) take a missing file for a failure, and a missing user for an answer. */
const accounts = {
  "etc/passwd": "root:x:0:0:root:/root:/sbin/nologin\nnobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin\n",
  "etc/group": "root:x:0:\nnobody:x:65534:\n",
};

/** Listening on ports below 1024: the bit of CAP_NET_BIND_SERVICE. */
const bindLowPorts = 1 << 10;

async function contentsOf(image: ComponentImage, { programs, packages, arch }: Parts): Promise<FileEntry[]> {
  const tree = new Tree();
  for (const [path, name] of Object.entries(image.programs)) {
    const content = Bun.file(programs.get(name) ?? "");
    const capabilities = image.bindsLowPorts === true ? { capabilities: bindLowPorts } : {};
    tree.add({ kind: "file", path, mode: 0o755, content, ...capabilities });
  }
  if (image.tools !== undefined) await addTools(tree, image, await packages(), arch);
  for (const path of ["dev", "etc", "proc", "run", "sys", "var"]) tree.add({ kind: "directory", path, mode: 0o755 });
  tree.add({ kind: "directory", path: "tmp", mode: 0o1777 });
  for (const [path, text] of Object.entries(accounts))
    tree.add({ kind: "file", path, mode: 0o644, content: new Blob([text]) });
  return tree.entries();
}

/** Programs of Debian with the libraries that they need, in a tree that is merged into /usr as Debian's is. */
async function addTools(
  tree: Tree,
  { tools = [], links = {} }: ComponentImage,
  packages: PackageFiles,
  arch: Architecture,
) {
  const libraries = `usr/lib/${architectures[arch].gnu}`;
  const chosen = tools.flatMap(({ package: name, paths, libraries: directory }) => [
    ...paths.map((path) => packages.file(name, path)),
    ...(directory === undefined ? [] : packages.within(name, `${libraries}/${directory}`)),
  ]);
  const dependents = [];
  for (const { entry } of chosen) {
    // Debian installs mount as setuid root; here root is the only one who calls it.
    tree.add(entry.kind === "file" ? { ...entry, mode: 0o755 } : entry);
    const dependent = entry.kind === "file" ? await dependentOf(entry.path, entry.content) : undefined;
    if (dependent !== undefined) dependents.push(dependent);
  }
  for (const { entry } of await resolveLibraries(dependents, packages)) if (!tree.has(entry.path)) tree.add(entry);
  for (const [path, target] of Object.entries(links)) tree.add({ kind: "link", path, target });
  for (const name of ["bin", "sbin", "lib", "lib64"]) tree.add({ kind: "link", path: name, target: `usr/${name}` });
}
