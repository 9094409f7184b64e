import { mkdir, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Digest, digestOf } from "../digest.ts";
import type { FileEntry } from "../file-entry.ts";
import { MediaType } from "../media-type.ts";
import { writeTar } from "../tar-writer.ts";
import { blobPath, type LayoutDescriptor, referenceName } from "./layout.ts";

/** An image of one layer. */
export interface ImageSource {
  /** In full: `registry.k8s.io/pause:3.10.1`. */
  readonly reference: string;
  readonly architecture: string;
  readonly entries: Iterable<FileEntry>;
  readonly entrypoint: readonly string[];
  /** `uid:gid` of its process; root when there is none. */
  readonly user?: string;
  /** As `NAME=value`. */
  readonly environment?: readonly string[];
  readonly workingDirectory?: string;
}

/**
 * Adds an image's blobs to a layout; `writeIndex` makes it known there.
 * The layer is not compressed: it is read from the disk next door, by machines that may be emulated.
 */
export async function writeImage(layout: string, source: ImageSource): Promise<LayoutDescriptor> {
  const layer = await writeLayer(layout, source.entries);
  const config = await writeJson(layout, "application/vnd.oci.image.config.v1+json", {
    architecture: source.architecture,
    os: "linux",
    config: {
      ...(source.user === undefined ? {} : { User: source.user }),
      Entrypoint: source.entrypoint,
      Env: source.environment ?? ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
      WorkingDir: source.workingDirectory ?? "/",
    },
    rootfs: { type: "layers", diff_ids: [layer.digest] },
  });
  const manifest = await writeJson(layout, MediaType.manifest, {
    schemaVersion: 2,
    mediaType: MediaType.manifest,
    config,
    layers: [layer],
  });
  return { ...manifest, annotations: { [referenceName]: source.reference } };
}

/** Replaces the list of a layout's images. */
export async function writeIndex(layout: string, images: readonly LayoutDescriptor[]): Promise<void> {
  await Bun.write(join(layout, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  const index = { schemaVersion: 2, mediaType: MediaType.index, manifests: images };
  await Bun.write(join(layout, ".index.new"), `${JSON.stringify(index, undefined, 2)}\n`);
  await rename(join(layout, ".index.new"), join(layout, "index.json"));
}

async function writeLayer(layout: string, entries: Iterable<FileEntry>): Promise<LayoutDescriptor> {
  const temporary = join(layout, ".layer.new");
  const hash = new Bun.CryptoHasher("sha256");
  let size = 0;
  await mkdir(layout, { recursive: true });
  const writer = Bun.file(temporary).writer({ highWaterMark: 1 << 20 });
  for await (const chunk of writeTar(entries)) {
    hash.update(chunk);
    size += chunk.length;
    writer.write(chunk);
    await writer.flush();
  }
  await writer.end();
  const digest: Digest = `sha256:${hash.digest("hex")}`;
  await mkdir(dirname(blobPath(layout, digest)), { recursive: true });
  await rename(temporary, blobPath(layout, digest));
  return { mediaType: "application/vnd.oci.image.layer.v1.tar", digest, size };
}

async function writeJson(layout: string, mediaType: string, value: object): Promise<LayoutDescriptor> {
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  const digest = digestOf(bytes);
  await Bun.write(blobPath(layout, digest), bytes);
  return { mediaType, digest, size: bytes.length };
}
