import { pause } from "../../async/pause.ts";
import type { ImageReference } from "../../oci/image-reference.ts";
import type { ContentStore } from "../content.ts";
import { type Manifest, parseManifest } from "./documents.ts";

/** Bytes of an image's layers. */
export interface PullProgress {
  readonly fetchedBytes: number;
  readonly totalBytes: number;
}

export interface ProgressOptions {
  readonly reference: ImageReference;
  readonly everyMs: number;
  readonly onProgress: (progress: PullProgress) => void;
  readonly signal: AbortSignal;
}

/** Looks how far containerd has got, until the signal; says nothing before the manifest is there. */
export async function watchProgress(content: ContentStore, options: ProgressOptions): Promise<void> {
  const { reference, everyMs, onProgress, signal } = options;
  let manifest: Manifest | undefined;
  // Archives are given up once they are unpacked, so what was here stays counted.
  const fetched = new Map<string, number>();
  while (!signal.aborted) {
    await pause(everyMs, signal);
    manifest ??= await manifestOf(content, reference);
    if (manifest === undefined) continue;
    const writing = new Map((await content.writing(signal)).map(({ ref, offset }) => [ref, offset]));
    for (const { digest, size } of manifest.layers) {
      const offset = writing.get(`layer-${digest}`);
      if (offset !== undefined) fetched.set(digest, offset);
      else if ((await content.info(digest)) !== undefined) fetched.set(digest, size);
    }
    onProgress({
      fetchedBytes: fetched.values().reduce((sum, bytes) => sum + bytes, 0),
      totalBytes: manifest.layers.reduce((sum, { size }) => sum + size, 0),
    });
  }
}

const largestManifest = 4 * 1024 * 1024;

/** containerd labels each blob with where it came from; a manifest is the one that can be read as such. */
async function manifestOf(
  content: ContentStore,
  { registry, repository }: ImageReference,
): Promise<Manifest | undefined> {
  for (const { digest, size, labels } of await content.list()) {
    const sources = labels[`containerd.io/distribution.source.${registry}`]?.split(",") ?? [];
    if (size > largestManifest || !sources.includes(repository)) continue;
    try {
      return parseManifest(await content.read({ digest, size, mediaType: "" }, largestManifest));
    } catch {
      // An index or a config, or gone meanwhile.
    }
  }
  return undefined;
}
