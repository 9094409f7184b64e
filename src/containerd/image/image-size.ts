import { isIndex } from "../../oci/media-type.ts";
import type { ContentStore } from "../content.ts";
import type { Descriptor } from "../descriptor.ts";
import { parseManifest } from "./documents.ts";
import { machineEntry, readIfThere } from "./find-image.ts";

/**
 * Bytes of an image as it is transported: index, manifest, config and layers for this machine's platform, kept or not.
 * Zero for what is no image that could be read.
 */
export async function imageSize(content: ContentStore, target: Descriptor): Promise<number> {
  try {
    const index = isIndex(target.mediaType) ? await readIfThere(content, target) : undefined;
    const manifest = index === undefined ? target : machineEntry(index);
    if (manifest === undefined) return 0;
    const bytes = await readIfThere(content, manifest);
    if (bytes === undefined) return 0;
    const { config, layers } = parseManifest(bytes);
    const parts = [...(index === undefined ? [] : [target]), manifest, config, ...layers];
    return parts.reduce((sum, { size }) => sum + size, 0);
  } catch {
    return 0;
  }
}
