import { join } from "node:path";
import { images } from "../../src/config/defaults/images.ts";
import { parseImageReference } from "../../src/oci/image-reference.ts";
import { exists } from "./cache.ts";
import type { BuildOptions } from "./options.ts";

const timeoutMs = 3_000;

/** Whether this build compiles the components' images: as asked for, or when a registry of theirs cannot be reached. */
export async function buildsImages(options: Pick<BuildOptions, "images" | "output">): Promise<boolean> {
  if (options.images !== "probe") return options.images === "build";
  // What an earlier probe led to; asking again could take as long as the rest of a build with nothing to do.
  if (await exists(join(options.output, "image-cache/index.json"))) return true;
  const registries = new Set(
    [images.kubelet, images.etcd, images.pause].map((image) => parseImageReference(image).registry),
  );
  const answers = await Promise.all([...registries].map(isReachable));
  return answers.includes(false);
}

/** A registry answers at /v2/, with 401 where it wants a token first. */
async function isReachable(registry: string): Promise<boolean> {
  return fetch(`https://${registry}/v2/`, { method: "HEAD", signal: AbortSignal.timeout(timeoutMs) }).then(
    ({ status }) => status === 200 || status === 401,
    () => false,
  );
}
