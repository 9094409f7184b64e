import { link, mkdir, mkdtemp, readdir, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { selectImages } from "../../initramfs/components/images.ts";
import { type LayoutDescriptor, readLayout, referenceName } from "../../src/oci/layout/layout.ts";
import { writeImage, writeIndex } from "../../src/oci/layout/write-image.ts";
import { repository } from "../tidy/tree.ts";

/** What the build made, together with what only tests need. */
export interface Stage extends AsyncDisposable {
  /** To be given as --output-directory. */
  readonly output: string;
  /** To be given as --state. */
  readonly clusters: string;
}

export const proberImage = "docker.io/machined/prober:test";

/** The results of the build, which `npm test` makes before it gets here. */
const built = join(repository, "_out");

/** Which images machines find: those of every machine, or also those of a cluster's pods. */
export type StagedImages = "machine" | "cluster";

/**
 * A directory that looks like `_out`, whose image cache has the prober besides what the build made. Where no test needs
 * Kubernetes, machines do not spend their time on it.
 */
export async function prepareStage(images: StagedImages = "machine"): Promise<Stage> {
  const parent = join(built, "test");
  await mkdir(parent, { recursive: true });
  const output = await mkdtemp(join(parent, "m-"));
  for (const name of await readdir(built)) {
    // Links of their own: a build that goes on meanwhile replaces files, and the machine keeps the ones it began with.
    if (/^(?:machined|talosctl|vmlinuz-|initramfs-|rootfs-)/.test(name))
      await link(join(built, name), join(output, name));
  }
  await prepareImages(join(built, "image-cache"), join(output, "image-cache"), { scratch: output, images });
  return {
    output,
    clusters: join(output, "clusters"),
    [Symbol.asyncDispose]: () => rm(output, { recursive: true, force: true }),
  };
}

/** Those without which no machine is ready. */
const machineImages: readonly string[] = selectImages([]).map(({ reference }) => reference);

async function prepareImages(
  source: string,
  layout: string,
  { scratch, images }: { readonly scratch: string; readonly images: StagedImages },
): Promise<void> {
  const blobs = join("blobs", "sha256");
  await mkdir(join(layout, blobs), { recursive: true });
  for (const blob of await readdir(join(source, blobs))) {
    await symlink(join(source, blobs, blob), join(layout, blobs, blob));
  }
  const program = join(scratch, "prober");
  const compiler = Bun.spawn(["gcc", "-static", "-O2", "-o", program, join(import.meta.dir, "prober.c")], {
    stderr: "inherit",
  });
  if ((await compiler.exited) !== 0) throw new Error("Cannot compile the prober");
  const prober = await writeImage(layout, {
    reference: proberImage,
    architecture: "amd64",
    entries: [{ path: "prober", kind: "file", mode: 0o755, content: Bun.file(program) }],
    entrypoint: ["/prober"],
  });
  const built = await readLayout(source);
  const isWanted = ({ annotations = {} }: LayoutDescriptor) =>
    images === "cluster" || machineImages.includes(annotations[referenceName] ?? "");
  await writeIndex(layout, [...built.filter(isWanted), prober]);
}
