import { gzipSync } from "node:zlib";
import { digestOf } from "../../oci/digest.ts";
import type { FileEntry } from "../../oci/file-entry.ts";
import { MediaType } from "../../oci/media-type.ts";
import { writeTar } from "../../oci/tar-writer.ts";
import type { Descriptor } from "../descriptor.ts";

/** A small image, made in memory. */
export interface TestImage {
  readonly index: Uint8Array;
  readonly manifest: Uint8Array;
  readonly manifestDigest: string;
  readonly layers: readonly Descriptor[];
  /** Every blob by its digest, manifests included. */
  readonly blobs: ReadonlyMap<string, Uint8Array>;
}

/** An image for this platform with the given layers, from the bottom up, and what to run. */
export async function makeImage(
  layers: readonly (readonly FileEntry[])[],
  config: { readonly Env?: readonly string[]; readonly Entrypoint?: readonly string[] } = {},
): Promise<TestImage> {
  const blobs = new Map<string, Uint8Array>();
  const add = (mediaType: string, bytes: Uint8Array): Descriptor => {
    const digest = digestOf(bytes);
    blobs.set(digest, bytes);
    return { mediaType, digest, size: bytes.length };
  };
  const addJson = (mediaType: string, value: object) => add(mediaType, new TextEncoder().encode(JSON.stringify(value)));

  const archives = await Promise.all(
    layers.map(async (entries) => Buffer.concat(await Array.fromAsync(writeTar(entries)))),
  );
  const descriptors = archives.map((archive) => add("application/vnd.oci.image.layer.v1.tar+gzip", gzipSync(archive)));
  const architecture = process.arch === "x64" ? "amd64" : process.arch;
  const configBlob = addJson("application/vnd.oci.image.config.v1+json", {
    os: "linux",
    architecture,
    config,
    rootfs: { type: "layers", diff_ids: archives.map((archive) => digestOf(archive)) },
  });
  const manifest = addJson(MediaType.manifest, {
    schemaVersion: 2,
    mediaType: MediaType.manifest,
    config: configBlob,
    layers: descriptors,
  });
  const foreign = { ...manifest, digest: `sha256:${"0".repeat(64)}`, platform: { os: "plan9", architecture } };
  const index = addJson(MediaType.index, {
    schemaVersion: 2,
    mediaType: MediaType.index,
    manifests: [foreign, { ...manifest, platform: { os: "linux", architecture } }],
  });
  return {
    index: blobs.get(index.digest) ?? new Uint8Array(),
    manifest: blobs.get(manifest.digest) ?? new Uint8Array(),
    manifestDigest: manifest.digest,
    layers: descriptors,
    blobs,
  };
}
