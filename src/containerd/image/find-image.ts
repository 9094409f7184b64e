import { Failure } from "../../errors/failure.ts";
import { digestOf } from "../../oci/digest.ts";
import { formatImageReference, parseImageReference } from "../../oci/image-reference.ts";
import { isIndex } from "../../oci/media-type.ts";
import type { ContainerdNamespace } from "../client.ts";
import type { ContentStore } from "../content.ts";
import type { Descriptor } from "../descriptor.ts";
import { type ImageConfig, parseImageConfig, parseIndex, parseManifest } from "./documents.ts";

/** An image that is in containerd, unpacked and ready to run. */
export interface UnpackedImage {
  /** The reference in full: its name in containerd. */
  readonly name: string;
  readonly digest: string;
  /** Name of the snapshot with all its layers; undefined for an image without any. */
  readonly topLayer: string | undefined;
  readonly config: ImageConfig;
}

const largestDocument = 4 * 1024 * 1024;

/** The image if it is there and unpacked; asks no registry. */
export async function findImage(
  { images, content, snapshots }: ContainerdNamespace,
  reference: string,
): Promise<UnpackedImage | undefined> {
  const name = formatImageReference(parseImageReference(reference));
  const record = await images.get(name);
  const target = record && (await manifestOf(content, record.target, name));
  if (record === undefined || target === undefined) return undefined;
  const manifest = parseManifest(target);
  const bytes = await readIfThere(content, manifest.config);
  if (bytes === undefined) return undefined;
  const config = parseImageConfig(bytes);
  const topLayer = chainId(config.layerDigests);
  if (topLayer !== undefined && !(await snapshots.exists(topLayer))) return undefined;
  return { name, digest: record.target.digest, topLayer, config };
}

async function manifestOf(content: ContentStore, target: Descriptor, name: string): Promise<Uint8Array | undefined> {
  const bytes = await readIfThere(content, target);
  if (bytes === undefined || !isIndex(target.mediaType)) return bytes;
  const entry = machineEntry(bytes);
  if (entry === undefined) throw new Failure(`Cannot use image ${name}: it is not made for linux/${architecture}`);
  return readIfThere(content, entry);
}

const architecture = process.arch === "x64" ? "amd64" : process.arch;

/** The manifest for this machine's platform among those of an index. */
export const machineEntry = (index: Uint8Array): Descriptor | undefined =>
  parseIndex(index).find(({ platform }) => platform?.os === "linux" && platform.architecture === architecture);

export const readIfThere = async (content: ContentStore, blob: Descriptor): Promise<Uint8Array | undefined> =>
  (await content.info(blob.digest)) === undefined ? undefined : content.read(blob, largestDocument);

/** Name of the snapshot with all of an image's layers, from the digests of their archives (OCI image-spec, ChainID). */
export function chainId(layerDigests: readonly string[]): string | undefined {
  return layerDigests.reduce<string | undefined>(
    (below, digest) => (below === undefined ? digest : digestOf(`${below} ${digest}`)),
    undefined,
  );
}
