import { Backoff } from "../../async/backoff.ts";
import { pause } from "../../async/pause.ts";
import { Failure } from "../../errors/failure.ts";
import { formatImageReference, parseImageReference } from "../../oci/image-reference.ts";
import { type Containerd, kubernetesNamespace } from "../client.ts";
import { isNotFound } from "../missing.ts";
import { findImage, type UnpackedImage } from "./find-image.ts";
import { type PullProgress, watchProgress } from "./progress.ts";

export interface PullOptions {
  readonly reference: string;
  /** Called every five seconds while bytes arrive. */
  readonly onProgress?: (progress: PullProgress) => void;
  readonly progressEveryMs?: number;
  readonly signal: AbortSignal;
}

const attempts = 4;
const attemptTimeoutMs = 20 * 60_000;
/** The kubelet's garbage collector leaves such an image alone, though no pod uses it. */
const pinned = { "io.cri-containerd.pinned": "pinned" };

export const isPinned = (labels: Readonly<Record<string, string>>): boolean =>
  labels["io.cri-containerd.pinned"] === "pinned";

/**
 * Has containerd pull an image, by its own means: our loop would be the slowest part of the way.
 * @throws Failure telling what containerd could not have, and from where
 */
export async function pullImage(containerd: Containerd, options: PullOptions): Promise<UnpackedImage> {
  const { reference, onProgress = () => {}, progressEveryMs = 5_000, signal } = options;
  const parsed = parseImageReference(reference);
  const name = formatImageReference(parsed);
  const namespace = containerd.in(kubernetesNamespace);
  const over = new AbortController();
  const until = AbortSignal.any([signal, over.signal]);
  // Progress is told for people: a pull does not fail over it.
  watchProgress(namespace.content, { reference: parsed, everyMs: progressEveryMs, onProgress, signal: until }).catch(
    () => {},
  );
  try {
    await pullPatiently(containerd, name, signal);
    const record = await namespace.images.get(name);
    if (record !== undefined) await namespace.images.put({ ...record, labels: { ...record.labels, ...pinned } });
    const image = await findImage(namespace, name);
    if (image === undefined) throw new Failure("containerd did not keep it");
    return image;
  } catch (cause) {
    throw new Failure(`Cannot pull image ${name}`, { cause });
  } finally {
    over.abort();
  }
}

async function pullPatiently({ imageService }: Containerd, name: string, signal: AbortSignal): Promise<void> {
  const backoff = new Backoff({ initialMs: 1_000, maximumMs: 15_000 });
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await imageService.pull(name, { signal, timeoutMs: attemptTimeoutMs });
    } catch (error) {
      // Every place has been asked, and nobody has it.
      if (isNotFound(error) || attempt === attempts || signal.aborted) throw error;
      await pause(backoff.next(), signal);
    }
  }
}
