import { formatImageReference, parseImageReference } from "../../oci/image-reference.ts";
import { type Containerd, kubernetesNamespace } from "../client.ts";
import { findImage } from "./find-image.ts";

const timeoutMs = 600_000;

/** Has containerd pull an image of a pod that is going to be, unless it is there already. Tries once. */
export async function pullMissing(containerd: Containerd, reference: string, signal: AbortSignal): Promise<void> {
  if ((await findImage(containerd.in(kubernetesNamespace), reference)) !== undefined) return;
  await containerd.imageService.pull(formatImageReference(parseImageReference(reference)), { signal, timeoutMs });
}
