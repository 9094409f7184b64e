import { randomUUID } from "node:crypto";
import { Failure } from "../../errors/failure.ts";
import { digestOf } from "../../oci/digest.ts";
import type { ContainerdNamespace } from "../client.ts";
import type { Descriptor } from "../descriptor.ts";

/** A layer and what it unpacks to. */
export interface Layer {
  readonly descriptor: Descriptor;
  /** Digest of the uncompressed archive. */
  readonly diffId: string;
  /** Name of the snapshot that holds this layer and all below it. */
  readonly chainId: string;
}

/** Pairs layers with their snapshots' names (OCI image-spec, ChainID). @throws Failure when their numbers differ */
export function chain(layers: readonly Descriptor[], diffIds: readonly string[]): Layer[] {
  if (layers.length !== diffIds.length) {
    throw new Failure(`Cannot unpack image: it has ${layers.length} layers, and its config names ${diffIds.length}`);
  }
  let below: string | undefined;
  return layers.map((descriptor, index) => {
    const diffId = diffIds[index] ?? "";
    below = below === undefined ? diffId : digestOf(`${below} ${diffId}`);
    return { descriptor, diffId, chainId: below };
  });
}

/** How many layers, from the bottom, are unpacked already. */
export async function countUnpacked({ snapshots }: ContainerdNamespace, layers: readonly Layer[]): Promise<number> {
  // A snapshot keeps its parents, so the highest that is there tells.
  for (let count = layers.length; count > 0; count -= 1) {
    if (await snapshots.exists(layers[count - 1]?.chainId ?? "")) return count;
  }
  return 0;
}

/**
 * Unpacks one layer from the content store onto the snapshot of those below.
 * @throws Failure when the archive is not what the image's config promised
 */
export async function unpackLayer(
  { snapshots, diff }: ContainerdNamespace,
  { descriptor, diffId, chainId }: Layer,
  parent: string | undefined,
  signal?: AbortSignal,
): Promise<void> {
  const key = `extract-${randomUUID()} ${chainId}`;
  const mounts = await snapshots.prepare(key, parent);
  try {
    const applied = await diff.apply(descriptor, mounts, signal === undefined ? {} : { signal });
    if (applied.digest !== diffId) {
      throw new Failure(`Cannot unpack ${descriptor.digest}: it holds ${applied.digest}, not ${diffId}`);
    }
    if (await snapshots.commit(key, chainId)) return;
  } catch (error) {
    await snapshots.remove(key);
    throw error;
  }
  await snapshots.remove(key); // another pull was faster
}
