import { images } from "../../src/config/defaults/images.ts";
import { parseImageReference } from "../../src/oci/image-reference.ts";
import type { BuildOptions } from "./options.ts";

const timeoutMs = 3_000;

/** Whether this build compiles the components' images: as asked for, or when a registry of theirs cannot be reached. */
export async function buildsImages({ images: asked }: Pick<BuildOptions, "images">): Promise<boolean> {
  if (asked !== "probe") return asked === "build";
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
