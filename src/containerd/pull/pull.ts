import { randomUUID } from "node:crypto";
import { Failure } from "../../errors/failure.ts";
import { formatImageReference, parseImageReference } from "../../oci/image-reference.ts";
import type { ContainerdNamespace } from "../client.ts";
import type { Descriptor } from "../descriptor.ts";
import { fetchBlob } from "../registry/blob.ts";
import type { Registries } from "../registry/mirrors.ts";
import { type RegistrySession, registrySession } from "../registry/session.ts";
import { type ImageConfig, type Platform, parseImageConfig, parseManifest } from "./documents.ts";
import { type ResolvedImage, resolveImage } from "./resolve.ts";
import { chain, countUnpacked, type Layer, unpackLayer } from "./unpack.ts";

export interface PullOptions {
  readonly reference: string;
  readonly registries: Registries;
  /** Default: the one we run on. */
  readonly platform?: Platform;
  /** Called now and then while bytes arrive. */
  readonly onProgress?: (progress: PullProgress) => void;
  readonly signal?: AbortSignal;
}

export interface PullProgress {
  readonly fetchedBytes: number;
  readonly totalBytes: number;
  readonly unpackedLayers: number;
  readonly totalLayers: number;
}

/** An image that is in containerd, unpacked and ready to run. */
export interface PulledImage {
  /** The reference in full: its name in containerd. */
  readonly name: string;
  readonly digest: string;
  /** Name of the snapshot with all its layers; undefined for an image without any. */
  readonly topLayer: string | undefined;
  readonly config: ImageConfig;
}

const leaseLifetimeMs = 24 * 3_600_000;
const largestConfig = 4 * 1024 * 1024;
/** More would only share the same line. */
const parallelDownloads = 3;

const localPlatform = (): Platform => ({ os: "linux", architecture: process.arch === "x64" ? "amd64" : process.arch });

/** The image if it is there and unpacked; asks no registry. */
export async function findImage(containerd: ContainerdNamespace, reference: string): Promise<PulledImage | undefined> {
  const name = formatImageReference(parseImageReference(reference));
  const record = await containerd.images.get(name);
  const manifest = record?.labels[manifestLabel];
  if (record === undefined || manifest === undefined) return undefined;
  const { content } = containerd;
  const found = await content.info(manifest);
  if (found === undefined) return undefined;
  const parsed = parseManifest(
    await content.read({ digest: manifest, mediaType: "", size: found.size }, largestConfig),
  );
  if ((await content.info(parsed.config.digest)) === undefined) return undefined;
  const config = parseImageConfig(await content.read(parsed.config, largestConfig));
  const layers = chain(parsed.layers, config.layerDigests);
  if ((await countUnpacked(containerd, layers)) < layers.length) return undefined;
  return { name, digest: record.target.digest, topLayer: layers.at(-1)?.chainId, config };
}

/** Which manifest an image was unpacked from: an index names several. */
const manifestLabel = "machined.dev/manifest";

/**
 * Brings an image into one of containerd's namespaces and unpacks it. Blobs and layers that are there already are not
 * fetched again, nor is the part of a blob that a broken attempt had stored.
 * @throws Failure telling what could not be had, and from where
 */
export async function pullImage(containerd: ContainerdNamespace, options: PullOptions): Promise<PulledImage> {
  const reference = parseImageReference(options.reference);
  const name = formatImageReference(reference);
  const lease = `pull-${randomUUID()}`;
  await containerd.leases.create(lease, new Date(Date.now() + leaseLifetimeMs));
  try {
    const session = registrySession(reference, options.registries);
    const image = await resolveImage(session, reference, options.platform ?? localPlatform(), options.signal);
    const pulled = await new Pull(containerd, lease, session, image, options).run();
    const target = (image.index ?? image.manifest).descriptor;
    await containerd.images.put({ name, target, labels: { [manifestLabel]: image.manifest.descriptor.digest } });
    return { name, digest: target.digest, ...pulled };
  } catch (cause) {
    throw new Failure(`Cannot pull image ${name}`, { cause });
  } finally {
    await containerd.leases.delete(lease);
  }
}

/** One pull under way: where it stands, and what it works with. */
class Pull {
  readonly #containerd: ContainerdNamespace;
  readonly #lease: string;
  readonly #session: RegistrySession;
  readonly #image: ResolvedImage;
  readonly #options: PullOptions;
  #fetchedBytes = 0;
  #totalBytes = 0;
  #unpackedLayers = 0;

  constructor(
    containerd: ContainerdNamespace,
    lease: string,
    session: RegistrySession,
    image: ResolvedImage,
    options: PullOptions,
  ) {
    this.#containerd = containerd.leasedBy(lease);
    this.#lease = lease;
    this.#session = session;
    this.#image = image;
    this.#options = options;
  }

  async run(): Promise<Pick<PulledImage, "topLayer" | "config">> {
    const { config: configBlob, layers: layerBlobs } = this.#image.manifest.parsed;
    await this.#fetch(configBlob);
    const config = parseImageConfig(await this.#containerd.content.read(configBlob, largestConfig));
    const layers = chain(layerBlobs, config.layerDigests);
    await this.#unpack(layers);
    await this.#keep(layers);
    return { topLayer: layers.at(-1)?.chainId, config };
  }

  /** Downloads run ahead of the unpacking, which must go from the bottom up. */
  async #unpack(layers: readonly Layer[]): Promise<void> {
    const there = await this.#countKept(layers);
    const missing = layers.slice(there);
    this.#unpackedLayers = there;
    this.#totalBytes += missing.reduce((sum, { descriptor }) => sum + descriptor.size, 0);
    const stop = new AbortController();
    const downloads = this.#startDownloads(missing, stop.signal);
    try {
      let parent = layers[there - 1]?.chainId;
      for (const [index, layer] of missing.entries()) {
        await downloads[index];
        await unpackLayer(this.#containerd, layer, parent, this.#options.signal);
        parent = layer.chainId;
        this.#unpackedLayers += 1;
        this.#report();
      }
    } finally {
      stop.abort();
      await Promise.allSettled(downloads);
    }
  }

  /** How many layers are unpacked already, and will stay: what an earlier pull left may be collected at any time. */
  async #countKept(layers: readonly Layer[]): Promise<number> {
    const { leases, snapshots } = this.#containerd;
    const highest = layers[(await countUnpacked(this.#containerd, layers)) - 1];
    if (highest === undefined) return 0;
    await leases.addSnapshot(this.#lease, snapshots.snapshotter, highest.chainId);
    return countUnpacked(this.#containerd, layers);
  }

  #startDownloads(layers: readonly Layer[], stop: AbortSignal): Promise<void>[] {
    const outer = this.#options.signal;
    const signal = outer === undefined ? stop : AbortSignal.any([outer, stop]);
    const downloads: Promise<void>[] = [];
    for (const [index, { descriptor }] of layers.entries()) {
      const before = downloads[index - parallelDownloads];
      const start = async () => {
        await before;
        await this.#fetch(descriptor, signal);
      };
      downloads.push(start());
    }
    // Whoever awaits them in order learns of the first failure; the others must not count as unhandled.
    for (const download of downloads) download.catch(() => {});
    return downloads;
  }

  async #fetch(descriptor: Descriptor, signal = this.#options.signal): Promise<void> {
    const stops = signal === undefined ? {} : { signal };
    const session = this.#session;
    let fetched = 0;
    const count = (bytes: number) => {
      fetched += bytes;
      this.#fetchedBytes += bytes;
      this.#report();
    };
    // Also for a blob that is there: containerd then only makes it ours, so that nobody collects it meanwhile.
    await this.#containerd.content.write({ descriptor, ...stops }, async function* (offset) {
      count(offset);
      for await (const chunk of fetchBlob(session, { ...descriptor, offset, ...stops })) {
        yield chunk;
        count(chunk.length);
      }
    });
    count(descriptor.size - fetched);
  }

  /**
   * Stores manifest and index last, labelled with what the garbage collector must keep for them: the config, and
   * through it the snapshots. Not the layers' archives: they have been unpacked, and would double what images cost.
   */
  async #keep(layers: readonly Layer[]): Promise<void> {
    const { content, snapshots } = this.#containerd;
    const { index, manifest } = this.#image;
    const { config } = manifest.parsed;
    const top = layers.at(-1)?.chainId;
    if (top !== undefined)
      await content.label(config.digest, { [`containerd.io/gc.ref.snapshot.${snapshots.snapshotter}`]: top });
    await this.#store(manifest.descriptor, manifest.bytes, { "containerd.io/gc.ref.content.config": config.digest });
    if (index !== undefined) {
      const labels = { "containerd.io/gc.ref.content.m.0": manifest.descriptor.digest };
      await this.#store(index.descriptor, index.bytes, labels);
    }
  }

  async #store(descriptor: Descriptor, bytes: Uint8Array, labels: Readonly<Record<string, string>>): Promise<void> {
    const { content } = this.#containerd;
    await content.write({ descriptor, labels }, async function* (offset) {
      yield bytes.subarray(offset);
    });
    // An earlier pull may have stored it without them.
    await content.label(descriptor.digest, labels);
  }

  #report(): void {
    this.#options.onProgress?.({
      fetchedBytes: this.#fetchedBytes,
      totalBytes: this.#totalBytes,
      unpackedLayers: this.#unpackedLayers,
      totalLayers: this.#image.manifest.parsed.layers.length,
    });
  }
}
