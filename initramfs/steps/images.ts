import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { FileEntry } from "../../src/oci/file-entry.ts";
import type { LayoutDescriptor } from "../../src/oci/layout/layout.ts";
import { writeImage, writeIndex } from "../../src/oci/layout/write-image.ts";
import { type Component, components } from "../components/components.ts";
import { imageContents } from "../components/image-contents.ts";
import type { PackageLock } from "../packages/lock.ts";
import { dependentOf, resolveLibraries } from "../rootfs/libraries.ts";
import type { PackageFiles } from "../rootfs/package-files.ts";
import { Tree } from "../rootfs/tree.ts";
import { cached } from "./cache.ts";
import { compileComponents } from "./components.ts";
import { publish } from "./files.ts";
import type { BuildOptions } from "./options.ts";
import { hashRecipe } from "./recipe.ts";
import { openPackages } from "./rootfs.ts";

export interface ImageSources {
  readonly lock: PackageLock;
  readonly debs: ReadonlyMap<string, string>;
}

/** Packs the compiled components into images under upstream's names; returns the layout's path in the cache. */
export async function makeImages(
  { lock, debs }: ImageSources,
  { arch, fresh }: Pick<BuildOptions, "arch" | "fresh">,
): Promise<string> {
  const programs = await compileComponents(arch);
  return cached({
    name: `image-cache-${arch}`,
    title: "Pack container images",
    inputs: [
      ...[JSON.stringify(lock), JSON.stringify(components), JSON.stringify(imageContents), ...programs.values()],
      await hashRecipe("initramfs/steps/images.ts"),
    ],
    fresh,
    produce: async (layout) => {
      const packages = await openPackages(lock, debs);
      const images: LayoutDescriptor[] = [];
      for (const component of components) {
        const entries = await contentsOf(component, programs.get(component.name) ?? "", packages);
        const source = { reference: component.image, architecture: arch, entries, entrypoint: [`/${component.path}`] };
        images.push(await writeImage(layout, source));
      }
      await writeIndex(layout, images);
    },
  });
}

/** Puts the layout into the output directory. Blobs of earlier builds go: a running machine has long pulled them. */
export async function publishImages(layout: string, { output }: Pick<BuildOptions, "output">): Promise<void> {
  const files = await readdir(layout, { recursive: true, withFileTypes: true });
  const target = join(output, "image-cache");
  // The index last: it must never name a blob that is not there yet.
  const paths = files
    .filter((file) => file.isFile())
    .map((file) => join(file.parentPath, file.name).slice(layout.length + 1));
  for (const path of paths.toSorted((a, b) => Number(a === "index.json") - Number(b === "index.json"))) {
    await publish(join(layout, path), join(target, path));
  }
}

/** Programs that ask for a user by name (the kubelet does) take a missing file for a failure, and a missing user for an answer. */
const accounts = {
  "etc/passwd": "root:x:0:0:root:/root:/sbin/nologin\nnobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin\n",
  "etc/group": "root:x:0:\nnobody:x:65534:\n",
};

async function contentsOf(component: Component, program: string, packages: PackageFiles): Promise<FileEntry[]> {
  const tree = new Tree();
  tree.add({ kind: "file", path: component.path, mode: 0o755, content: Bun.file(program) });
  const chosen = (imageContents[component.name] ?? []).flatMap(({ package: name, paths }) =>
    paths.map((path) => packages.file(name, path)),
  );
  const dependents = [];
  for (const { entry } of chosen) {
    if (entry.kind !== "file") continue;
    // Debian installs mount as setuid root; here root is the only one who calls it.
    tree.add({ ...entry, mode: 0o755 });
    const dependent = await dependentOf(entry.path, entry.content);
    if (dependent !== undefined) dependents.push(dependent);
  }
  for (const { entry } of await resolveLibraries(dependents, packages)) tree.add(entry);
  if (chosen.length > 0)
    for (const name of ["bin", "sbin", "lib", "lib64"]) tree.add({ kind: "link", path: name, target: `usr/${name}` });
  for (const path of ["dev", "etc", "proc", "run", "sys", "tmp", "var"])
    tree.add({ kind: "directory", path, mode: 0o755 });
  for (const [path, text] of Object.entries(accounts))
    tree.add({ kind: "file", path, mode: 0o644, content: new Blob([text]) });
  return tree.entries();
}
